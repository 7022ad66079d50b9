namespace Overseer.Cli.Reporting.Spooling;

/// <summary>Where the bytes of a segment are: in a file, or in memory where no file can be had.</summary>
internal interface ISegmentBytes : IDisposable
{
    /// <summary>Writes; what is there grows as needed.</summary>
    /// <exception cref="IOException">There is no room.</exception>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Reads as many bytes as are there.</summary>
    int Read(long offset, Span<byte> bytes);

    /// <summary>Cuts off what is behind.</summary>
    void Cut(long length);

    /// <summary>How many bytes are there.</summary>
    long Length { get; }

    /// <summary>Gives the bytes up.</summary>
    void Delete();
}
