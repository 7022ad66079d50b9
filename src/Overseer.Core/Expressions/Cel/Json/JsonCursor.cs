using System.Buffers;

namespace Overseer.Core.Expressions.Cel.Json;

/// <summary>Walks the members of an object or the elements of an array of which <see cref="JsonGrammar"/> has said that it is well-formed.</summary>
internal ref struct JsonCursor
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> ScalarEnd = SearchValues.Create(",}] \t\r\n"u8);
    private static readonly SearchValues<byte> StringEnd = SearchValues.Create("\"\\"u8);
    private readonly ReadOnlySpan<byte> _text;
    private int _at;

    /// <summary>Stands before the first member or element.</summary>
    /// <param name="text">The object or array; blanks around it do not matter.</param>
    public JsonCursor(ReadOnlySpan<byte> text)
    {
        _text = text;
        _at = JsonGrammar.SkipBlanks(text, 0) + 1;
    }

    /// <summary>Where the current value begins.</summary>
    public int Start { get; private set; }

    /// <summary>Where it ends.</summary>
    public int End { get; private set; }

    /// <summary>Moves to the next element.</summary>
    public bool NextElement()
    {
        if (!NextItem()) return false;
        Value();
        return true;
    }

    /// <summary>Moves to the next member; <paramref name="key"/> is what stands between its quotes.</summary>
    public bool NextMember(out ReadOnlySpan<byte> key)
    {
        key = default;
        if (!NextItem()) return false;
        var start = _at + 1;
        _at = SkipString(_at);
        key = _text[start..(_at - 1)];
        _at = JsonGrammar.SkipBlanks(_text, JsonGrammar.SkipBlanks(_text, _at) + 1);
        Value();
        return true;
    }

    private bool NextItem()
    {
        _at = JsonGrammar.SkipBlanks(_text, _at);
        if (_text[_at] == ',') _at = JsonGrammar.SkipBlanks(_text, _at + 1);
        return _text[_at] is not ((byte)'}' or (byte)']');
    }

    private void Value()
    {
        Start = _at;
        _at = End = Skip(_at);
    }

    private readonly int Skip(int at)
    {
        switch (_text[at])
        {
            case (byte)'"': return SkipString(at);
            case (byte)'{' or (byte)'[': return SkipBracket(at);
            default: return at + _text[at..].IndexOfAny(ScalarEnd);
        }
    }

    private readonly int SkipString(int at)
    {
        at++;
        while (true)
        {
            at += _text[at..].IndexOfAny(StringEnd);
            if (_text[at] == '"') return at + 1;
            at += 2;
        }
    }

    private readonly int SkipBracket(int at)
    {
        for (var depth = 0; ;)
        {
            at += _text[at..].IndexOfAny(Structure);
            switch (_text[at])
            {
                case (byte)'"':
                    at = SkipString(at);
                    continue;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    depth--;
                    break;
            }

            at++;
            if (depth == 0) return at;
        }
    }
}
