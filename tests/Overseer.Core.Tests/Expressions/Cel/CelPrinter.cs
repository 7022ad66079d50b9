using System.Globalization;
using System.Text;
using Overseer.Core.Expressions.Cel.Evaluation;
using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Tests.Expressions.Cel;

/// <summary>Writes values as CEL would write them, each type so that it can be told from all others.</summary>
internal static class CelPrinter
{
    public static string Print(CelValue value, CelFrame frame) => value.Kind switch
    {
        CelKind.Error => "error: " + value.AsError.Message,
        CelKind.Null => "null",
        CelKind.Bool => value.AsBool ? "true" : "false",
        CelKind.Int => value.AsInt.ToString(CultureInfo.InvariantCulture),
        CelKind.Uint => value.AsUint.ToString(CultureInfo.InvariantCulture) + "u",
        CelKind.Double => Double(value.AsDouble),
        CelKind.Text => Quote(value.ToString()),
        CelKind.Bytes => $"b\"{string.Concat(value.Octets.ToArray().Select(o => $"\\x{o:x2}"))}\"",
        CelKind.List => $"[{string.Join(", ", value.AsArray.Select(v => Print(v, frame)))}]",
        CelKind.Map => $"{{{string.Join(", ", value.AsMap.Entries(frame).Select(e => $"{Print(e.Key, frame)}: {Print(e.Value, frame)}").Order(StringComparer.Ordinal))}}}",
        _ => value.AsType,
    };

    /// <summary>Everything but printable ASCII as escapes.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\') quoted.Append('\\').Append((char)rune.Value);
            else if (rune.Value is >= ' ' and < 127) quoted.Append((char)rune.Value);
            else quoted.Append($"\\U{rune.Value:x8}");
        }

        return quoted.Append('"').ToString();
    }

    private static string Double(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny("E.NI") ? text : text + ".0";
    }
}
