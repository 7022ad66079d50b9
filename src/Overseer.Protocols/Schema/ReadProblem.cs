using System.Globalization;

namespace Overseer.Protocols.Schema;

/// <summary>What is wrong with a value: a sentence with <c>{0}</c> where the field's path goes. The path grows outwards while
/// the reader returns, so nothing is paid for it when all is well.</summary>
internal sealed class ReadProblem(string format)
{
    private const int MaxNameLength = 100;
    private string _path = "";

    public static ReadProblem Required() => new("{0} is required");

    public static ReadProblem Twice() => new("{0} is given twice");

    public ReadProblem InField(string name)
    {
        name = Shorten(name);
        _path = _path.Length == 0 ? name : _path[0] == '[' ? name + _path : name + "." + _path;
        return this;
    }

    public ReadProblem InItem(int index)
    {
        string item = string.Create(CultureInfo.InvariantCulture, $"[{index}]");
        _path = _path.Length == 0 || _path[0] == '[' ? item + _path : item + "." + _path;
        return this;
    }

    public override string ToString() => format.Replace("{0}", _path, StringComparison.Ordinal);

    /// <summary>A name a client chose may be a megabyte long: an answer shows its beginning only.</summary>
    public static string Shorten(string text)
    {
        if (text.Length <= MaxNameLength)
            return text;
        int end = char.IsHighSurrogate(text[MaxNameLength - 1]) ? MaxNameLength - 1 : MaxNameLength;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
