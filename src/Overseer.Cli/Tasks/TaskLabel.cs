namespace Overseer.Cli.Tasks;

/// <summary>A tag or a group that stands for all tasks that have it: <c>@tag</c> or <c>%group</c>.</summary>
internal sealed record TaskLabel(bool IsGroup, string Text)
{
    /// <summary>How a TASK argument is described.</summary>
    internal const string Description = "Its id, the beginning of its id, its number or its name; @TAG or %GROUP for all that have it.";

    /// <summary>Reads one; null when the text is none.</summary>
    internal static TaskLabel? Parse(string text) => text is ['@' or '%', _, ..] ? new TaskLabel(text[0] == '%', text[1..]) : null;

    /// <summary>Whether a task has it.</summary>
    internal bool Fits(IReadOnlyList<string>? tags, IReadOnlyList<string>? groups) => (IsGroup ? groups : tags)?.Contains(Text, StringComparer.Ordinal) == true;

    public override string ToString() => $"{(IsGroup ? "group" : "tag")} '{Text}'";
}
