using System.Globalization;
using Overseer.Cli.Goproc.Text;

namespace Overseer.Cli.Goproc.Flags;

/// <summary>A time in whole seconds.</summary>
internal sealed class SecondsFlag(string name, int seconds, string usage) : Flag(name, usage)
{
    private long _seconds = seconds;

    /// <summary>The time.</summary>
    /// <exception cref="GoprocFailure">It is not positive.</exception>
    internal TimeSpan Value => _seconds > 0 ? TimeSpan.FromSeconds(Math.Min(_seconds, int.MaxValue / 1000)) : throw new GoprocFailure("timeout must be greater than 0");

    internal override string Kind => "int";

    internal override string? Default { get; } = seconds.ToString(CultureInfo.InvariantCulture);

    internal override void Set(string text) => _seconds = GoNumber.ParseInt(text);
}
