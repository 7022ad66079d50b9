namespace Overseer.Streams;

/// <summary>The memory that all rings together may hold. Above it each ring that grows keeps only its newest block. Thread-safe.</summary>
internal sealed class FrameBudget(long most)
{
    private long _used;

    /// <summary>Bytes held by all rings.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Whether the rings hold too much.</summary>
    public bool IsExceeded => Used > most;

    /// <summary>A ring has grown, or shrunk when negative.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _used, bytes);
}
