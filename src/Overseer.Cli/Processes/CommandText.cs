namespace Overseer.Cli.Processes;

/// <summary>A command line as one would type it, so that it can be told where an argument ends.</summary>
internal static class CommandText
{
    private const string Harmless = "+-_./:=,@%";

    /// <summary>The arguments, those that a shell would not take as they are in single quotes.</summary>
    internal static string Of(IReadOnlyList<string> arguments) => string.Join(' ', arguments.Select(Quote));

    private static string Quote(string argument)
        => argument.Length > 0 && argument.All(one => char.IsLetterOrDigit(one) || Harmless.Contains(one, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
