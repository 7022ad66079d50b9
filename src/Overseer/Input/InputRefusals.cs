namespace Overseer.Input;

/// <summary>What is said when input is not taken.</summary>
internal static class InputRefusals
{
    public const string NotFound = "task not found";
    public const string NotRunning = "task is not running";
    public const string NoPipe = "the action's stdin is not a pipe (set config.stdin: pipe)";
    public const string Closed = "input of the task was closed";
    public const string Nothing = "data must not be empty, unless eof is true";
    public const string Ended = "the task ended before all of this input was written";
    public const string NotRead = "nobody reads the input of the task any more: the program has closed it, or has ended";
    public const string NoDescriptor = "the input of the task cannot be had: the server has no descriptor left";
    public const string Lost = "the task has no input: it was closed, or was lost when server and recorder died together, or the action's stdin is not a pipe (set config.stdin: pipe)";
}
