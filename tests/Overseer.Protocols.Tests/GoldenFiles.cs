using System.Text;
using System.Text.RegularExpressions;

namespace Overseer.Protocols.Tests;

/// <summary>The golden files: lines of JSON, or cases of an input (<c>&gt;</c>) and what comes of it (<c>&lt;</c> an answer, <c>=</c> the same
/// message in its shortest form). In inputs and expectations <c>«text*3»</c> repeats a text and <c>«c3 28»</c> gives bytes.</summary>
internal static partial class GoldenFiles
{
    public static string Root { get; } = FindRoot();

    public static string Folder { get; } = Path.Combine(Root, "tests", "Overseer.Protocols.Tests", "Golden");

    public static IEnumerable<string> Names(string folder)
        => Directory.EnumerateFiles(Path.Combine(Folder, folder), "*.golden").Select(f => $"{folder}/{Path.GetFileNameWithoutExtension(f)}").Order(StringComparer.Ordinal);

    public static string[] Lines(string name) => File.ReadAllLines(Path.Combine(Folder, name + ".golden"));

    public static IEnumerable<GoldenCase> Cases(string folder)
    {
        foreach (string name in Names(folder))
        {
            string[] lines = Lines(name);
            for (int i = 0; i < lines.Length; i++)
            {
                if (lines[i].StartsWith("> ", StringComparison.Ordinal))
                    yield return new GoldenCase($"{name}:{i + 1}", Expand(lines[i][2..]), Expand(lines[i + 1][2..]));
            }
        }
    }

    public static IEnumerable<string> Messages(string folder) => Names(folder).SelectMany(Lines);

    private static byte[] Expand(string text)
    {
        var bytes = new List<byte>();
        int at = 0;
        foreach (Match match in Macro().Matches(text))
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(text[at..match.Index]));
            at = match.Index + match.Length;
            if (match.Groups["count"].Success)
                bytes.AddRange(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(match.Groups["text"].Value, int.Parse(match.Groups["count"].Value)))));
            else
                bytes.AddRange(Convert.FromHexString(match.Groups["hex"].Value.Replace(" ", "", StringComparison.Ordinal)));
        }
        bytes.AddRange(Encoding.UTF8.GetBytes(text[at..]));
        return [.. bytes];
    }

    [GeneratedRegex(@"«(?:(?<text>[^»]+)\*(?<count>\d+)|(?<hex>[0-9a-f]{2}(?: [0-9a-f]{2})*))»", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Macro();

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Overseer.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests do not run below the repository");
        return folder;
    }
}
