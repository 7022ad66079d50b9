namespace Overseer.Hosting;

/// <summary>How `overseer` ends when it is not a task's own exit code. They lie above 120, where few programs' codes are. See docs/cli.md.</summary>
public static class ExitCodes
{
    /// <summary>All is well.</summary>
    public const int Ok = 0;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 121;

    /// <summary>The configuration is wrong.</summary>
    public const int Configuration = 122;

    /// <summary>No server answers.</summary>
    public const int Unreachable = 123;

    /// <summary>It took too long.</summary>
    public const int TimedOut = 124;

    /// <summary>The server refused, or the request failed.</summary>
    public const int Refused = 125;

    /// <summary>The server cannot be started: an address in use, a directory that is locked or not writable.</summary>
    public const int CannotStart = 126;

    /// <summary>There is no such task or action.</summary>
    public const int NotFound = 127;
}
