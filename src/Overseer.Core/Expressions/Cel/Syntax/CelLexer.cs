namespace Overseer.Core.Expressions.Cel.Syntax;

/// <summary>Cuts an expression into tokens, by the lexis of CEL's language definition.</summary>
internal sealed class CelLexer(CelSource source)
{
    private static readonly string[] Symbols = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")", "[", "]", "{", "}"];
    private readonly string _text = source.Text;
    private readonly List<CelToken> _tokens = [];
    private int _at;

    /// <summary>All tokens, the last of kind <see cref="CelTokenKind.End"/>.</summary>
    /// <exception cref="CelException">A character, a number or a quoted text is wrong.</exception>
    public List<CelToken> Run()
    {
        while (SkipBlanks()) _tokens.Add(Token());
        _tokens.Add(new(CelTokenKind.End, _text.Length, ""));
        return _tokens;
    }

    /// <summary>Blanks and comments; false at the end.</summary>
    private bool SkipBlanks()
    {
        while (_at < _text.Length)
        {
            if (_text[_at] is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                _at++;
            }
            else if (Follows("//"))
            {
                var end = _text.AsSpan(_at).IndexOfAny('\n', '\r');
                _at = end < 0 ? _text.Length : _at + end;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private bool Follows(string what) => string.CompareOrdinal(_text, _at, what, 0, what.Length) == 0;

    private char Next(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private CelToken Token()
    {
        var start = _at;
        var c = Next();
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Next(1)))) return Number(start);
        if (CelQuoted.Starts(_text, _at)) return CelQuoted.Read(source, ref _at);
        if (IsLetter(c))
        {
            while (IsLetter(Next()) || char.IsAsciiDigit(Next())) _at++;
            return new(CelTokenKind.Word, start, _text[start.._at]);
        }

        foreach (var symbol in Symbols)
        {
            if (!Follows(symbol)) continue;
            _at += symbol.Length;
            return new(CelTokenKind.Symbol, start, symbol);
        }

        throw source.Error(start, c switch
        {
            '=' => "\"=\" is no operator; equality is \"==\"",
            '&' => "\"&\" is no operator; \"and\" is \"&&\"",
            '|' => "\"|\" is no operator; \"or\" is \"||\"",
            '`' => "names in backquotes are not part of the subset; write [\"name\"]",
            _ when char.IsControl(c) || char.IsSurrogate(c) => "a character that may stand only in quotes",
            _ => $"unexpected '{c}'",
        });
    }

    private CelToken Number(int start)
    {
        if (Next() == '0' && Next(1) is 'x' or 'X')
        {
            _at += 2;
            while (char.IsAsciiHexDigit(Next())) _at++;
            if (_at == start + 2) throw source.Error(start, "\"0x\" needs hexadecimal digits");
            return Whole(start);
        }

        Digits();
        var isDouble = false;
        if (Next() == '.' && char.IsAsciiDigit(Next(1)))
        {
            isDouble = true;
            _at++;
            Digits();
        }

        if (Next() is 'e' or 'E' && (char.IsAsciiDigit(Next(1)) || (Next(1) is '+' or '-' && char.IsAsciiDigit(Next(2)))))
        {
            isDouble = true;
            _at += 2;
            Digits();
        }

        if (!isDouble) return Whole(start);
        EndOfNumber(start);
        return new(CelTokenKind.Double, start, _text[start.._at]);
    }

    private void Digits()
    {
        while (char.IsAsciiDigit(Next())) _at++;
    }

    private CelToken Whole(int start)
    {
        var end = _at;
        var unsigned = Next() is 'u' or 'U';
        if (unsigned) _at++;
        EndOfNumber(start);
        return new(unsigned ? CelTokenKind.Uint : CelTokenKind.Int, start, _text[start..end]);
    }

    private void EndOfNumber(int start)
    {
        if (IsLetter(Next()) || char.IsAsciiDigit(Next())) throw source.Error(start, $"\"{_text[start..(_at + 1)]}\" is no number");
    }

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c == '_';
}
