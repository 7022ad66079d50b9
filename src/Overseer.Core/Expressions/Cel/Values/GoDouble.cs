using System.Globalization;

namespace Overseer.Core.Expressions.Cel.Values;

/// <summary>Writes doubles as Go's <c>strconv.FormatFloat(x, 'g', -1, 64)</c> does, which is what CEL's reference implementation makes of <c>string(double)</c>.</summary>
internal static class GoDouble
{
    private const int MinExponent = -4;
    private const int MaxExponent = 6;

    /// <summary>The shortest text that reads back as the same number.</summary>
    public static string Format(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "+Inf" : "-Inf";
        if (value == 0) return double.IsNegative(value) ? "-0" : "0";
        var shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        for (var digits = 0; digits < 16; digits++)
        {
            var candidate = value.ToString($"E{digits}", CultureInfo.InvariantCulture);
            if (double.Parse(candidate, CultureInfo.InvariantCulture) != value) continue;
            shortest = candidate;
            break;
        }

        var e = shortest.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = shortest[..e];
        if (exponent is < MinExponent or >= MaxExponent) return $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        return Plain(mantissa.Replace(".", "", StringComparison.Ordinal), exponent);
    }

    private static string Plain(string signed, int exponent)
    {
        var sign = signed[0] == '-' ? "-" : "";
        var digits = signed[sign.Length..];
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return digits.Length <= exponent + 1 ? sign + digits.PadRight(exponent + 1, '0') : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
