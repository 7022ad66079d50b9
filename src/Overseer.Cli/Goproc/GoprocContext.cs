using Overseer.Cli.Console;
using Overseer.Registry;

namespace Overseer.Cli.Goproc;

/// <summary>What a command of goproc's has to do with the outside.</summary>
/// <param name="Console">Its streams, its environment, its clock.</param>
/// <param name="Program">What it was called as: <c>goproc</c> or <c>overseer</c>.</param>
/// <param name="ConfigPath">The flag <c>--config</c>; null when it was not given. Only <c>daemon</c> reads that file.</param>
internal sealed record GoprocContext(CliConsole Console, string Program, string? ConfigPath)
{
    /// <summary>Where the daemon's files are.</summary>
    internal GoprocPlaces Places { get; } = GoprocPlaces.Find(null, Console.Variable);

    /// <summary>Connects to the daemon.</summary>
    /// <exception cref="GoprocFailure">None answers.</exception>
    internal GoprocSession Open() => GoprocSession.TryOpen(this) ?? throw new GoprocFailure("daemon is not running");

    /// <summary>Prints a line of data.</summary>
    internal void Print(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }

    /// <summary>Says something on standard error with the date in front, as Go's log does.</summary>
    internal void Log(string message) => Console.Error.WriteLine(Console.Clock.GetLocalNow().ToString("yyyy'/'MM'/'dd HH':'mm':'ss ", System.Globalization.CultureInfo.InvariantCulture) + message);
}
