using Overseer.Core.Tasks;

namespace Overseer.Core.Drivers;

/// <summary>The run that an <see cref="IAction"/> is asked to plan.</summary>
public sealed record RunRequest
{
    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>The new run.</summary>
    public required RunId RunId { get; init; }

    /// <summary>Its ordinal among the runs of the task, starting at 1.</summary>
    public required int Run { get; init; }

    /// <summary>The parameters as the client sent them, neither checked nor filled with defaults (<see cref="ParameterBinding.Bind"/> does both).</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>The program to run, as the client named it; unset for a task of an action. Only <see cref="ActionCatalog.Command"/> is asked to plan one.</summary>
    public string? Command { get; init; }

    /// <summary>The arguments of <see cref="Command"/>.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];
}
