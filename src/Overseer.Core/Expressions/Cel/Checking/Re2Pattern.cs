using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Overseer.Core.Expressions.Cel.Checking;

/// <summary>
/// Compiles a pattern of RE2, CEL's own syntax, for the non-backtracking engine of .NET, whose time is linear in the text. What the two write alike but mean differently is
/// translated (<c>\d \w \s</c> are ASCII, <c>$</c> is the very end), what the engine cannot do is refused.
/// </summary>
internal sealed class Re2Pattern
{
    private const int MaxRepeat = 1000;
    private const int MaxWeight = 10_000;
    private readonly string _pattern;
    private readonly StringBuilder _translated = new();
    private readonly Stack<(bool Multiline, long Weight)> _groups = new();
    private bool _multiline;
    private long _weight;
    private long _last;
    private int _at;

    private Re2Pattern(string pattern) => _pattern = pattern;

    /// <summary>The compiled pattern; null, and why, when it is refused.</summary>
    /// <param name="pattern">As RE2 writes it.</param>
    /// <param name="maxLength">Longest pattern.</param>
    /// <param name="weight">Characters to be matched, each as often as repetitions say: the size of the automaton.</param>
    /// <param name="problem">Why it is refused.</param>
    public static Regex? Compile(string pattern, int maxLength, out int weight, out string problem)
    {
        problem = "";
        weight = 0;
        if (pattern.Length > maxLength)
        {
            problem = $"it is longer than {maxLength} characters";
            return null;
        }

        try
        {
            var re2 = new Re2Pattern(pattern);
            var translated = re2.Translate();
            weight = (int)re2._weight;
            return new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Regex.InfiniteMatchTimeout);
        }
        catch (RegexParseException e)
        {
            problem = e.Error switch
            {
                RegexParseError.UnterminatedBracket => "a \"[\" is never closed",
                RegexParseError.InsufficientClosingParentheses => "a \"(\" is never closed",
                RegexParseError.InsufficientOpeningParentheses => "a \")\" without a \"(\"",
                RegexParseError.QuantifierAfterNothing or RegexParseError.NestedQuantifiersNotParenthesized => "a repetition without anything to repeat",
                RegexParseError.ReversedCharacterRange => "a range whose end comes before its start",
                RegexParseError.ReversedQuantifierRange => "a repetition whose most is less than its least",
                RegexParseError.UnrecognizedUnicodeProperty or RegexParseError.InvalidUnicodePropertyEscape or RegexParseError.MalformedUnicodePropertyEscape => "an unknown class of characters after \\p",
                _ => e.Error.ToString(),
            };
        }
        catch (NotSupportedException)
        {
            problem = "it is too complex to be matched in linear time";
        }
        catch (FormatException e)
        {
            problem = e.Message;
        }

        return null;
    }

    private char Next => _at < _pattern.Length ? _pattern[_at] : '\0';

    private string Translate()
    {
        while (_at < _pattern.Length)
        {
            var c = _pattern[_at++];
            if (c is not ('(' or ')' or '{')) Weigh(1);
            switch (c)
            {
                case '\\': Escape(inClass: false); break;
                case '[': Class(); break;
                case '(': Group(); break;
                case ')': EndOfGroup(); break;
                case '$': _translated.Append(_multiline ? "$" : "\\z"); break;
                case '{': Repeat(); break;
                default: _translated.Append(c); break;
            }
        }

        return _translated.ToString();
    }

    /// <summary>Something to be matched, which may be repeated.</summary>
    private void Weigh(long weight)
    {
        _last = weight;
        _weight += weight;
        if (_weight > MaxWeight) throw new FormatException($"its repetitions multiply to more than {MaxWeight} characters");
    }

    private void EndOfGroup()
    {
        _translated.Append(')');
        if (!_groups.TryPop(out var outer)) return;
        _multiline = outer.Multiline;
        var inner = _weight;
        _weight = outer.Weight;
        Weigh(inner);
    }

    /// <summary><c>{n}</c>, <c>{n,}</c>, <c>{n,m}</c>. Any other brace stands for itself.</summary>
    private void Repeat()
    {
        var end = _pattern.IndexOf('}', _at);
        var bounds = end < 0 ? [] : _pattern[_at..end].Split(',');
        if (bounds.Length is 0 or > 2 || !Bound(bounds[0], out var least) || (bounds is [_, { Length: > 0 } last] && !Bound(last, out _)))
        {
            _translated.Append("\\{");
            Weigh(1);
            return;
        }

        var most = bounds is [_, { Length: > 0 }] && Bound(bounds[1], out var second) ? second : least;
        if (Math.Max(least, most) > MaxRepeat) throw new FormatException($"a repetition of more than {MaxRepeat}");
        _translated.Append(_pattern, _at - 1, end + 2 - _at);
        _at = end + 1;
        var times = Math.Max(1, Math.Max(least, most));
        var one = _last;
        Weigh(one * (times - 1));
        _last = one * times;
    }

    private static bool Bound(string text, out int value)
    {
        value = 0;
        if (text.Length == 0 || !text.All(char.IsAsciiDigit)) return false;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)) value = int.MaxValue;
        return true;
    }

    private void Group()
    {
        _groups.Push((_multiline, _weight));
        _weight = 0;
        _translated.Append('(');
        if (Next != '?') return;
        _at++;
        if (Next == 'P' && _at + 1 < _pattern.Length && _pattern[_at + 1] == '<') _at++;
        if (Next == '<')
        {
            if (_at + 1 < _pattern.Length && _pattern[_at + 1] is '=' or '!') throw new FormatException("looking behind, (?<=…) and (?<!…), is not known");
            _translated.Append('?');
            return;
        }

        if (Next is '=' or '!') throw new FormatException("looking ahead, (?=…) and (?!…), is not known");
        Flags();
    }

    private void Flags()
    {
        var end = _pattern.AsSpan(_at).IndexOfAny(':', ')');
        var flags = end < 0 ? throw new FormatException("a \"(?\" that is no group") : _pattern.Substring(_at, end);
        if (flags.AsSpan().ContainsAnyExcept("ims-") || flags.Count(f => f == '-') > 1) throw new FormatException($"\"(?{flags}\" is no group; flags are i, m, s");
        var off = flags.IndexOf('-', StringComparison.Ordinal);
        var multiline = flags.IndexOf('m', StringComparison.Ordinal);
        if (multiline >= 0) _multiline = off < 0 || multiline < off;
        _at += end + 1;
        var isOpen = _pattern[_at - 1] == ':';
        _translated.Append('?').Append(flags).Append(isOpen ? ':' : ')');
        if (!isOpen) _weight = _groups.Pop().Weight; // the flags hold for the rest of the group around
    }

    private void Escape(bool inClass)
    {
        var c = Next;
        _at++;
        switch (c)
        {
            case '\0': throw new FormatException("a \"\\\" at its end");
            case 'd' or 'w' or 's' or 'D' or 'W' or 'S':
                var ranges = Re2Class.Perl(c);
                _translated.Append(inClass ? ranges : $"[{ranges}]");
                break;
            case 'A' or 'z' or 'b' or 'B' when !inClass: _translated.Append('\\').Append(c); break;
            case 'a' or 'f' or 'n' or 'r' or 't' or 'v': _translated.Append('\\').Append(c); break;
            case 'x': Hex(); break;
            case 'p' or 'P': Property(c); break;
            case 'Q' when !inClass: Quoted(); break;
            case >= '1' and <= '9': throw new FormatException($"referring back, \\{c}, is not known");
            case var _ when char.IsAsciiLetterOrDigit(c): throw new FormatException($"\\{c} is not known{(inClass ? " in brackets" : "")}");
            case var _ when char.IsAscii(c): _translated.Append('\\').Append(c); break;
            default: _translated.Append(c); break;
        }
    }

    private void Hex()
    {
        var braced = Next == '{';
        var end = braced ? _pattern.IndexOf('}', _at) : _at + 2;
        var start = braced ? _at + 1 : _at;
        if (end < start || end > _pattern.Length || !int.TryParse(_pattern.AsSpan(start, end - start), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || !Rune.TryCreate(code, out var rune))
        {
            throw new FormatException("\\x needs two hexadecimal digits, or a character's number in braces");
        }

        _at = braced ? end + 1 : end;
        foreach (var unit in rune.ToString()) _translated.Append($"\\u{(int)unit:x4}");
    }

    private void Property(char kind)
    {
        if (Next != '{')
        {
            _translated.Append($"\\{kind}{{{Next}}}");
            _at++;
            return;
        }

        var negated = _at + 1 < _pattern.Length && _pattern[_at + 1] == '^';
        _translated.Append('\\').Append(negated ? (kind == 'p' ? 'P' : 'p') : kind).Append('{');
        _at += negated ? 2 : 1;
    }

    private void Quoted()
    {
        var end = _pattern.IndexOf("\\E", _at, StringComparison.Ordinal);
        var literal = end < 0 ? _pattern[_at..] : _pattern[_at..end];
        _at = end < 0 ? _pattern.Length : end + 2;
        _translated.Append(Regex.Escape(literal).Replace("]", "\\]", StringComparison.Ordinal).Replace("}", "\\}", StringComparison.Ordinal));
    }

    private void Class()
    {
        _translated.Append('[');
        if (Next == '^')
        {
            _translated.Append('^');
            _at++;
        }

        for (var first = true; ; first = false)
        {
            if (_at >= _pattern.Length) throw new FormatException("a \"[\" is never closed");
            var c = _pattern[_at++];
            switch (c)
            {
                case ']' when !first:
                    _translated.Append(']');
                    return;
                case ']': _translated.Append("\\]"); break;
                case '\\': Escape(inClass: true); break;
                case '[' when Next == ':' && _pattern.IndexOf(":]", _at + 1, StringComparison.Ordinal) is var end and > 0:
                    var name = _pattern[(_at + 1)..end];
                    _translated.Append(Re2Class.Posix(name) ?? throw new FormatException($"[:{name}:] is no class of characters"));
                    _at = end + 2;
                    break;
                case '[': _translated.Append("\\["); break;
                default: _translated.Append(c); break;
            }
        }
    }
}
