namespace Overseer.Recorder.Spawning;

/// <summary>The step at which a start failed.</summary>
public enum SpawnStep
{
    /// <summary>None failed.</summary>
    None = 0,

    /// <summary>An argument or variable is too long, all together are too large, or one holds a NUL.</summary>
    Arguments = 1,

    /// <summary>The working directory is missing, deleted, no directory, or not accessible.</summary>
    WorkingDirectory = 2,

    /// <summary>The program is missing or not something the kernel can execute.</summary>
    File = 3,

    /// <summary>The program exists, the interpreter it names does not or cannot be executed.</summary>
    Interpreter = 4,

    /// <summary>The program exists and may not be executed.</summary>
    Permission = 5,

    /// <summary>No pipes, or no descriptors for them.</summary>
    Pipes = 6,

    /// <summary>The journal cannot be written.</summary>
    Journal = 7,

    /// <summary>The kernel refused another process.</summary>
    Fork = 8,

    /// <summary>The request asks for something this recorder cannot do.</summary>
    Unsupported = 9,

    /// <summary>The cgroup is missing, is none, may not be entered, or takes no processes.</summary>
    Cgroup = 10,

    /// <summary>The recorder may not switch to that user.</summary>
    User = 11,

    /// <summary>A limit cannot be set.</summary>
    Limits = 12,
}
