using System.Globalization;

namespace Overseer.Cli.Console;

/// <summary>Times as people read them.</summary>
internal static class Ages
{
    /// <summary>One unit, rounded down: <c>5s</c>, <c>12m</c>, <c>3h</c>, <c>4d</c>.</summary>
    internal static string Short(TimeSpan age) => age.TotalSeconds switch
    {
        < 1 => "0s",
        < 60 => Number(age.TotalSeconds) + "s",
        < 3600 => Number(age.TotalMinutes) + "m",
        < 86_400 => Number(age.TotalHours) + "h",
        _ => Number(age.TotalDays) + "d",
    };

    private static string Number(double value) => ((long)value).ToString(CultureInfo.InvariantCulture);
}
