namespace Overseer.Hosting;

/// <summary>Where the recorder runs.</summary>
internal enum RecorderChoice
{
    /// <summary>In a process of its own, which outlives the server.</summary>
    Process,

    /// <summary>In this process: for embedding and tests.</summary>
    InProcess,
}
