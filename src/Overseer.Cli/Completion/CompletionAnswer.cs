using Overseer.Cli.Console;

namespace Overseer.Cli.Completion;

/// <summary>
/// What the script of a shell gets: first a line with <c>files</c> or <c>dirs</c> where the shell itself knows better, <c>nospace</c> where the word goes on, else empty; then the
/// candidates, one a line, each with its description behind a tab.
/// </summary>
internal sealed record CompletionAnswer(IReadOnlyList<Candidate> Candidates, string Flags = "")
{
    internal static readonly CompletionAnswer Nothing = new([]);
    internal static readonly CompletionAnswer Files = new([], "files");
    internal static readonly CompletionAnswer Directories = new([], "dirs");

    /// <summary>The candidates that begin with what is there already.</summary>
    internal CompletionAnswer For(string current) => this with { Candidates = [.. Candidates.Where(one => one.Value.StartsWith(current, StringComparison.Ordinal))] };

    internal void WriteTo(LineSink sink)
    {
        sink.WriteLine(Flags);
        foreach (Candidate one in Candidates)
        {
            // Lines and tabs are ours; what has them cannot be completed.
            if (one.Value.Any(char.IsControl))
                continue;
            sink.WriteLine(string.IsNullOrEmpty(one.Description) ? one.Value : $"{one.Value}\t{new Cell(one.Description).Plain}");
        }
        sink.Flush();
    }
}
