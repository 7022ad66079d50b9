using Overseer.Core.Expressions.Cel.Evaluation;
using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Json;

/// <summary>A JSON object. A key is searched in its text each time: a filter asks for one or two. Of a key that is there twice the last value counts.</summary>
internal sealed class JsonMap : CelMap
{
    private ReadOnlyMemory<byte> _json;
    private IReadOnlyList<KeyValuePair<CelValue, CelValue>>? _entries;

    /// <summary>An object without members.</summary>
    public static JsonMap Empty { get; } = new JsonMap().Over("{}"u8.ToArray());

    /// <summary>Makes it another object, so that the next line needs no new one.</summary>
    /// <param name="json">A well-formed object.</param>
    public JsonMap Over(ReadOnlyMemory<byte> json)
    {
        _json = json;
        _entries = null;
        return this;
    }

    /// <inheritdoc/>
    public override bool TryGet(in CelValue key, CelFrame frame, out CelValue value)
    {
        value = default;
        if (key.Kind != CelKind.Text) return false;
        var wanted = key.Octets.Span;
        if (!frame.SpendBytes(_json.Length * 2)) return false;
        var found = default(Range?);
        var cursor = new JsonCursor(_json.Span);
        while (cursor.NextMember(out var name))
        {
            if (IsKey(name, wanted)) found = cursor.Start..cursor.End;
        }

        if (found is not { } range) return false;
        value = JsonValues.Read(_json[range], frame);
        return true;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<CelValue, CelValue>> Entries(CelFrame frame) => _entries ??= ReadEntries(frame);

    private static bool IsKey(ReadOnlySpan<byte> name, ReadOnlySpan<byte> wanted)
    {
        // An escape is longer than what it stands for, so a shorter name cannot be the one that is wanted.
        if (name.Length < wanted.Length) return false;
        if (!name.Contains((byte)'\\')) return name.SequenceEqual(wanted);
        if (name.Length > wanted.Length * 6) return false;
        Span<byte> room = name.Length <= 256 ? stackalloc byte[256] : new byte[name.Length];
        return room[..JsonText.Unescape(name, room)].SequenceEqual(wanted);
    }

    private KeyValuePair<CelValue, CelValue>[] ReadEntries(CelFrame frame)
    {
        var count = 0;
        frame.SpendBytes(_json.Length * 4);
        var counting = new JsonCursor(_json.Span);
        while (counting.NextMember(out _)) count++;
        if (!frame.TakeElements(count)) return [];
        var entries = new Dictionary<string, KeyValuePair<CelValue, CelValue>>(count, StringComparer.Ordinal);
        var cursor = new JsonCursor(_json.Span);
        while (cursor.NextMember(out var name))
        {
            var start = name.IsEmpty ? 0 : Offset(name);
            var key = CelValue.Text(JsonValues.Text(_json.Slice(start, name.Length), frame));
            var value = JsonValues.Read(_json[cursor.Start..cursor.End], frame);
            if (frame.Limit is not null) return [];
            entries[key.ToString()] = new(key, value);
        }

        return [.. entries.Values];
    }

    private int Offset(ReadOnlySpan<byte> name)
    {
        _json.Span.Overlaps(name, out var offset);
        return offset;
    }
}
