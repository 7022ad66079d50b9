using System.Threading.Channels;
using Overseer.Cli.Processes;

namespace Overseer.Cli.Console;

/// <summary>What a command has to do with the outside: its streams, its environment, its clock. Data goes to <see cref="Out"/>, talk to <see cref="Error"/>.</summary>
internal sealed class CliConsole
{
    /// <summary>Where data goes; it throws <see cref="BrokenPipeException"/> once nobody reads it any more.</summary>
    internal required LineSink Out { get; init; }

    /// <summary>Where the lines of a task's stderr go.</summary>
    internal required LineSink ErrorLines { get; init; }

    /// <summary>Where talk goes.</summary>
    internal required TextWriter Error { get; init; }

    /// <summary>Whether a person reads the data.</summary>
    internal required bool OutIsTerminal { get; init; }

    /// <summary>Whether a person reads the talk.</summary>
    internal required bool ErrorIsTerminal { get; init; }

    /// <summary>The variables of the process; an empty one is an unset one.</summary>
    internal required Func<string, string?> Variable { get; init; }

    /// <summary>Whether a person can be asked.</summary>
    internal bool InIsTerminal { get; init; }

    /// <summary>Opens standard input.</summary>
    internal Func<Stream> OpenInput { get; init; } = System.Console.OpenStandardInput;

    /// <summary>Begins to read the keys of the terminal.</summary>
    internal Func<ChannelReader<ConsoleKeyInfo>> Keys { get; init; } = TopKeys.OfTerminal;

    /// <summary>Columns and lines of the terminal.</summary>
    internal Func<(int Width, int Height)> Size { get; init; } = TerminalSize.Now;

    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether to use colours for data: on a terminal that knows them, unless NO_COLOR is set (no-color.org).</summary>
    internal bool Colours => OutIsTerminal && Variable("NO_COLOR") is null && Variable("TERM") is not "dumb";

    /// <summary>The console of this process.</summary>
    internal static CliConsole OfProcess() => new()
    {
        Out = new LineSink(StandardStreams.Output()),
        ErrorLines = new LineSink(StandardStreams.Error()),
        Error = System.Console.Error,
        OutIsTerminal = !System.Console.IsOutputRedirected,
        ErrorIsTerminal = !System.Console.IsErrorRedirected,
        InIsTerminal = !System.Console.IsInputRedirected,
        Variable = static name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
    };
}
