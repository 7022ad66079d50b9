using System.Globalization;
using Overseer.Core.Expressions.Cel.Evaluation;
using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Json;

/// <summary>JSON as CEL sees it: numbers are doubles, objects are maps with strings as keys.</summary>
internal static class JsonValues
{
    /// <summary>Reads a well-formed value. Objects are looked into when they are asked, arrays at once.</summary>
    public static CelValue Read(ReadOnlyMemory<byte> json, CelFrame frame)
    {
        var span = json.Span;
        return span[0] switch
        {
            (byte)'{' => CelValue.Map(new JsonMap().Over(json)),
            (byte)'[' => Array(json, frame),
            (byte)'"' => CelValue.Text(Text(json[1..^1], frame)),
            (byte)'t' => CelValue.True,
            (byte)'f' => CelValue.False,
            (byte)'n' => CelValue.Null,
            _ => CelValue.Double(double.Parse(span, NumberStyles.Float, CultureInfo.InvariantCulture)),
        };
    }

    /// <summary>The text of a string; the bytes themselves when it has no escapes.</summary>
    /// <param name="inner">What stands between its quotes.</param>
    /// <param name="frame">Pays.</param>
    public static ReadOnlyMemory<byte> Text(ReadOnlyMemory<byte> inner, CelFrame frame)
    {
        if (!inner.Span.Contains((byte)'\\')) return inner;
        if (!frame.Spend(1 + (inner.Length >> 4))) return default;
        var room = new byte[inner.Length];
        return room.AsMemory(0, JsonText.Unescape(inner.Span, room));
    }

    private static CelValue Array(ReadOnlyMemory<byte> json, CelFrame frame)
    {
        frame.SpendBytes(json.Length * 4);
        var count = 0;
        var counting = new JsonCursor(json.Span);
        while (counting.NextElement()) count++;
        if (!frame.TakeElements(count)) return frame.Spent;
        var elements = new CelValue[count];
        var cursor = new JsonCursor(json.Span);
        for (var i = 0; i < count; i++)
        {
            cursor.NextElement();
            elements[i] = Read(json[cursor.Start..cursor.End], frame);
            if (elements[i].IsError) return elements[i];
        }

        return CelValue.List(elements);
    }
}
