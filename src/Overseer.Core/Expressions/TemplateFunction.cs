using System.Text;

namespace Overseer.Core.Expressions;

/// <summary>A function of the template language, with Go's meaning (<c>default</c>: sprig's).</summary>
/// <param name="Name">How it is called.</param>
/// <param name="Min">Fewest arguments.</param>
/// <param name="Max">Most arguments.</param>
/// <param name="Apply">What it yields.</param>
internal sealed record TemplateFunction(string Name, int Min, int Max, Func<TemplateValue[], TemplateValue> Apply)
{
    /// <summary>The functions that are known, but for <c>index</c>, which takes all parameters as its first argument.</summary>
    public static IReadOnlyDictionary<string, TemplateFunction> Known { get; } = new TemplateFunction[]
    {
        new("eq", 2, int.MaxValue, a => new(a.Skip(1).Any(other => other == a[0]))),
        new("ne", 2, 2, a => new(a[0] != a[1])),
        new("and", 1, int.MaxValue, a => FirstOrLast(a, truth: false)),
        new("or", 1, int.MaxValue, a => FirstOrLast(a, truth: true)),
        new("not", 1, 1, a => new(!a[0].IsTrue)),
        new("print", 0, int.MaxValue, Print),
        new("default", 2, 2, a => a[1].IsTrue ? a[1] : a[0]),
    }.ToDictionary(f => f.Name, StringComparer.Ordinal);

    /// <summary>The first value that is true, or not; else the last one.</summary>
    private static TemplateValue FirstOrLast(TemplateValue[] values, bool truth)
    {
        var index = Array.FindIndex(values, v => v.IsTrue == truth);
        return index < 0 ? values[^1] : values[index];
    }

    /// <summary>As Go's Sprint does: a blank only between two neighbours of which neither is a text.</summary>
    private static TemplateValue Print(TemplateValue[] values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < values.Length; i++)
        {
            if (i > 0 && values[i].IsFlag && values[i - 1].IsFlag) text.Append(' ');
            text.Append(values[i].ToString());
        }

        return new(text.ToString());
    }
}
