using System.Threading.Channels;
using Overseer.Cli.Console;
using Overseer.Client;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Processes;

/// <summary>A <see cref="TopScreen"/> on a terminal: its second screen, without a cursor, both given back at the end.</summary>
internal static class TopTerminal
{
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string EndOfLine = "\e[K\r\n";
    private const string RestOfScreen = "\e[J";

    /// <summary>Runs until somebody ends it, or after so many looks.</summary>
    internal static async Task RunAsync(ProcessLooks looks, TopScreen screen, TimeSpan interval, int? count, CliConsole console, CancellationToken cancellation)
    {
        ChannelReader<ConsoleKeyInfo> keys = console.Keys();
        IReadOnlyList<ProcessInfo> processes = looks.Take();
        console.Out.Write(Enter);
        try
        {
            for (int look = 1; ; look++)
            {
                Draw(screen, processes, console);
                if (look >= count || !await WaitAsync(keys, screen, processes, interval, console, cancellation))
                    return;
                processes = Look(looks, screen) ?? processes;
            }
        }
        finally
        {
            console.Out.Write(Leave);
            console.Out.Flush();
        }
    }

    // A server that is away for a moment is no reason to end: what was seen last stays.
    private static IReadOnlyList<ProcessInfo>? Look(ProcessLooks looks, TopScreen screen)
    {
        try
        {
            IReadOnlyList<ProcessInfo> processes = looks.Take();
            screen.Problem = null;
            return processes;
        }
        catch (OverseerException failure)
        {
            screen.Problem = failure.Message;
            return null;
        }
    }

    // Until the next look is due; keys show what they do at once. False: the person wants to go.
    private static async Task<bool> WaitAsync(
        ChannelReader<ConsoleKeyInfo> keys, TopScreen screen, IReadOnlyList<ProcessInfo> processes, TimeSpan interval, CliConsole console, CancellationToken cancellation)
    {
        Task due = Task.Delay(interval, console.Clock, cancellation);
        while (true)
        {
            Task<bool> pressed = keys.WaitToReadAsync(cancellation).AsTask();
            if (await Task.WhenAny(due, pressed) == due || !await pressed)
            {
                try
                {
                    await due;
                    return true;
                }
                catch (OperationCanceledException)
                {
                    return false;
                }
            }
            while (keys.TryRead(out ConsoleKeyInfo key))
            {
                if (!screen.Take(key))
                    return false;
            }
            Draw(screen, processes, console);
        }
    }

    private static void Draw(TopScreen screen, IReadOnlyList<ProcessInfo> processes, CliConsole console)
    {
        (int width, int height) = console.Size();
        console.Out.Write(Home + string.Join(EndOfLine, screen.Draw(processes, console.Clock.GetUtcNow(), width, height)) + "\e[K" + RestOfScreen);
        console.Out.Flush();
    }
}
