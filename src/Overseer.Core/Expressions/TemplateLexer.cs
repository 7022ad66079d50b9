namespace Overseer.Core.Expressions;

/// <summary>Cuts a template into tokens, by the rules of Go's text/template with the delimiters <c>[[</c> and <c>]]</c>.</summary>
internal sealed class TemplateLexer(string text)
{
    private const string Blanks = " \t\r\n";
    private readonly List<TemplateToken> _tokens = [];
    private int _at;

    /// <summary>All tokens, the last of kind <see cref="TemplateTokenKind.End"/>.</summary>
    /// <exception cref="TemplateException">A character, a quoted text or a bracket is wrong.</exception>
    public List<TemplateToken> Run()
    {
        var trimStart = false;
        while (_at < text.Length)
        {
            var open = text.IndexOf("[[", _at, StringComparison.Ordinal);
            var end = open < 0 ? text.Length : open;
            var trimEnd = open >= 0 && IsBlankAt(open + 3) && text[open + 2] == '-';
            AddText(_at, end, trimStart, trimEnd);
            _at = end;
            if (open < 0) break;
            _tokens.Add(new(TemplateTokenKind.Open, open));
            _at = open + (trimEnd ? 3 : 2);
            trimStart = Inside(open);
        }

        _tokens.Add(new(TemplateTokenKind.End, text.Length));
        return _tokens;
    }

    private bool IsBlankAt(int index) => index < text.Length && Blanks.Contains(text[index], StringComparison.Ordinal);

    private void AddText(int from, int to, bool trimStart, bool trimEnd)
    {
        var piece = text.AsSpan(from, to - from);
        if (trimStart) piece = piece.TrimStart(Blanks);
        if (trimEnd) piece = piece.TrimEnd(Blanks);
        if (!piece.IsEmpty) _tokens.Add(new(TemplateTokenKind.Text, from, piece.ToString()));
    }

    /// <summary>Takes everything up to and with <c>]]</c>; says whether the text behind it is to be trimmed.</summary>
    private bool Inside(int open)
    {
        while (true)
        {
            var blank = false;
            while (IsBlankAt(_at))
            {
                blank = true;
                _at++;
            }

            if (_at >= text.Length) throw new TemplateException(open, "\"[[\" is never closed by \"]]\"");
            if (Follows("]]") || (blank && Follows("-]]")))
            {
                var trim = text[_at] == '-';
                _tokens.Add(new(TemplateTokenKind.Close, _at));
                _at += trim ? 3 : 2;
                return trim;
            }

            Token();
        }
    }

    private bool Follows(string what) => string.CompareOrdinal(text, _at, what, 0, what.Length) == 0;

    private void Token()
    {
        var start = _at;
        switch (text[_at])
        {
            case '(': Single(TemplateTokenKind.LeftParen); break;
            case ')': Single(TemplateTokenKind.RightParen); break;
            case '|': Single(TemplateTokenKind.Pipe); break;
            case '.':
                _at++;
                var name = Identifier();
                _tokens.Add(name.Length == 0 ? new(TemplateTokenKind.Dot, start) : new(TemplateTokenKind.Field, start, name));
                EndOfWord(start);
                break;
            case '"' or '`':
                _tokens.Add(new(TemplateTokenKind.Literal, start, GoString.Read(text, ref _at)));
                break;
            case var c when IsLetter(c):
                _tokens.Add(new(TemplateTokenKind.Word, start, Identifier()));
                EndOfWord(start);
                break;
            case var c when char.IsAsciiDigit(c):
                throw new TemplateException(start, "numbers are not known here, all values are texts: put it in double quotes");
            case '$':
                throw new TemplateException(start, "variables are not known here");
            case '/':
                throw new TemplateException(start, "comments are not known here");
            case var c:
                throw new TemplateException(start, $"unexpected '{(char.IsControl(c) ? '?' : c)}'");
        }
    }

    private void Single(TemplateTokenKind kind) => _tokens.Add(new(kind, _at++));

    private string Identifier()
    {
        var start = _at;
        while (_at < text.Length && (IsLetter(text[_at]) || char.IsDigit(text[_at]))) _at++;
        return text[start.._at];
    }

    /// <summary>A word ends at a blank, a bracket, a pipe or the end: <c>.my-key</c> and <c>.a.b</c> are mistakes worth a hint.</summary>
    private void EndOfWord(int start)
    {
        if (_at >= text.Length || IsBlankAt(_at) || text[_at] is '(' or ')' or '|' || Follows("]]")) return;
        var end = _at;
        while (end < text.Length && !IsBlankAt(end) && text[end] is not (')' or ']' or '|' or '"')) end++;
        var whole = text[start..end];
        throw new TemplateException(
            _at,
            whole.StartsWith('.') && whole.Length > 1
                ? $"unexpected '{text[_at]}' in \"{whole}\"; a name that is not made of letters, digits and \"_\" is written [[index . \"{whole[1..]}\"]]"
                : $"unexpected '{text[_at]}' after \"{text[start.._at]}\"");
    }

    private static bool IsLetter(char c) => char.IsLetter(c) || c == '_';
}
