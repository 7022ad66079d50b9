using System.Globalization;

namespace Overseer.Cli.Processes;

/// <summary>Amounts as people read them.</summary>
internal static class Sizes
{
    private const double Step = 1024;
    private static readonly string[] Units = ["B", "K", "M", "G", "T", "P"];

    /// <summary>Bytes with three digits and a unit of 1024: <c>512B</c>, <c>3.5M</c>, <c>118M</c>.</summary>
    internal static string Bytes(long bytes)
    {
        double value = bytes;
        int unit = 0;
        for (; value >= Step && unit < Units.Length - 1; unit++)
            value /= Step;
        string format = unit == 0 || value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00";
        return value.ToString(format, CultureInfo.InvariantCulture) + Units[unit];
    }

    /// <summary>A share of one processor: <c>0.0</c>, <c>98.7</c>, <c>200</c>.</summary>
    internal static string Percent(double percent) => percent.ToString(percent >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture);
}
