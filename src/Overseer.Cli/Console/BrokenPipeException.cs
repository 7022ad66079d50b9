namespace Overseer.Cli.Console;

/// <summary>Nobody reads our output any more, as after `| head`: a reason to end in silence.</summary>
internal sealed class BrokenPipeException(Exception inner) : Exception("the reader of the output has gone", inner);
