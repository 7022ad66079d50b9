using Overseer.Core.Drivers;

namespace Overseer.Core.Tasks;

/// <summary>A client's wish to start a task of an action, or a command that no action describes.</summary>
public sealed record StartRequest
{
    /// <summary>The task's id: at most 256 bytes of UTF-8 without control characters; a UUID is made when it is left out.</summary>
    public string? TaskId { get; init; }

    /// <summary>Name of the action; <see cref="ActionCatalog.CommandName"/> with a <see cref="Command"/>.</summary>
    public required string Action { get; init; }

    /// <summary>The program to run: a path, absolute or from the server's working directory, or a name to be found by <c>PATH</c>. Unset for a task of an action.</summary>
    public string? Command { get; init; }

    /// <summary>The arguments of <see cref="Command"/>, each of at most 131,071 bytes.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Parameters of the action, by name.</summary>
    public IReadOnlyDictionary<string, string>? Params { get; init; }

    /// <summary>Retry policy over the action's and the global one, field by field.</summary>
    public RetryPolicy? RetryPolicy { get; init; }

    /// <summary>Displaces the oldest unforced item when the action's queue is full. Means nothing to an action without a pool.</summary>
    public bool Force { get; init; }

    /// <summary>A name that no other task has: at most 64 bytes of letters, digits, <c>.</c>, <c>-</c> and <c>_</c>. A started-again task keeps its name when none is given.</summary>
    public string? Name { get; init; }

    /// <summary>Tags beside those of the action; trimmed, blanks and doubles dropped. A started-again task keeps its tags when none are given.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Groups beside those of the action; the same rules as <see cref="Tags"/>.</summary>
    public IReadOnlyList<string>? Groups { get; init; }
}
