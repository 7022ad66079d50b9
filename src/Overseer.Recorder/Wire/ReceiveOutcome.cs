namespace Overseer.Recorder.Wire;

/// <summary>What one receive brought.</summary>
internal enum ReceiveOutcome
{
    /// <summary>Bytes, and perhaps descriptors.</summary>
    Received,

    /// <summary>Nothing is there now.</summary>
    Empty,

    /// <summary>The other end is gone.</summary>
    Closed,

    /// <summary>Bytes came, but descriptors were lost for want of free numbers; the connection is of no use any more.</summary>
    DescriptorsLost,
}
