using Overseer.Core.Tasks;

namespace Overseer.Core.Registry;

/// <summary>What can happen to an adopted task: the columns of <see cref="AdoptedTask"/>'s table. A closed hierarchy.</summary>
internal abstract record AdoptedInput
{
    private AdoptedInput()
    {
    }

    /// <summary>A wish to stop.</summary>
    /// <param name="Origin">Who asked.</param>
    /// <param name="Grace">Time between SIGTERM and SIGKILL.</param>
    /// <param name="Asked">Whether the grace time was asked for, and is not just the usual one.</param>
    public sealed record Stop(RequestOrigin Origin, TimeSpan Grace, bool Asked) : AdoptedInput;

    /// <summary>The grace timer elapsed.</summary>
    public sealed record GraceEnded : AdoptedInput;

    /// <summary>The process is dead, or what it died of has become known.</summary>
    /// <param name="ExitCode">Its code, -1 when a signal ended it; unset when nobody knows.</param>
    /// <param name="Signal">Name of that signal.</param>
    /// <param name="At">When that was noticed.</param>
    public sealed record Exited(int? ExitCode, string? Signal, DateTimeOffset At) : AdoptedInput;

    /// <summary>Processes that survived SIGKILL.</summary>
    public sealed record KillIncomplete(IReadOnlyList<int> Pids) : AdoptedInput;
}
