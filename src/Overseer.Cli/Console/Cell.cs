using System.Text;

namespace Overseer.Cli.Console;

/// <summary>A field of a table.</summary>
/// <param name="Text">What it says; null or empty for nothing.</param>
/// <param name="Tone">How it looks on a terminal with colours.</param>
internal readonly record struct Cell(string? Text, Tone Tone = Tone.Normal)
{
    /// <summary>On one line, without control characters: names and parameters come from others and must not steer a terminal.</summary>
    internal string Plain => string.IsNullOrEmpty(Text) ? "-" : Text.Any(char.IsControl) ? Escape(Text) : Text;

    public static implicit operator Cell(string? text) => new(text);

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (char one in text)
        {
            _ = one switch
            {
                '\n' => escaped.Append("\\n"),
                '\t' => escaped.Append("\\t"),
                _ when char.IsControl(one) => escaped.Append($"\\x{(int)one:x2}"),
                _ => escaped.Append(one),
            };
        }
        return escaped.ToString();
    }
}
