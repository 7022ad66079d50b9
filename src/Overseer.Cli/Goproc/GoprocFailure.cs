namespace Overseer.Cli.Goproc;

/// <summary>The command fails: exit code 1, and this message.</summary>
internal sealed class GoprocFailure(string message) : Exception(message);
