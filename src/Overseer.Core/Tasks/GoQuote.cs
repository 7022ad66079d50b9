using System.Text;

namespace Overseer.Core.Tasks;

/// <summary>Quotes a text as Go's <c>%q</c> does: clients compare some messages letter by letter.</summary>
internal static class GoQuote
{
    /// <summary>The text in double quotes; quotes, backslashes and control characters escaped.</summary>
    public static string Text(string text)
    {
        if (!text.AsSpan().ContainsAny('"', '\\') && !text.Any(char.IsControl)) return $"\"{text}\"";
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            switch (c)
            {
                case '"' or '\\': quoted.Append('\\').Append(c); break;
                case '\a': quoted.Append("\\a"); break;
                case '\b': quoted.Append("\\b"); break;
                case '\f': quoted.Append("\\f"); break;
                case '\n': quoted.Append("\\n"); break;
                case '\r': quoted.Append("\\r"); break;
                case '\t': quoted.Append("\\t"); break;
                case '\v': quoted.Append("\\v"); break;
                case < ' ' or '\u007f': quoted.Append($"\\x{(int)c:x2}"); break;
                case var _ when char.IsControl(c): quoted.Append($"\\u{(int)c:x4}"); break;
                default: quoted.Append(c); break;
            }
        }

        return quoted.Append('"').ToString();
    }
}
