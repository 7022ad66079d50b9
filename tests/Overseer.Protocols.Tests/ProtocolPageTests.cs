using System.Text.RegularExpressions;

namespace Overseer.Protocols.Tests;

public sealed partial class ProtocolPageTests
{
    /// <summary>After a change of a definition or a golden file: run this test once with OVERSEER_RENDER_DOCS=1, it writes the page anew.</summary>
    [Fact]
    public void The_tables_and_examples_of_the_page_are_the_definitions_and_golden_files()
    {
        string page = File.ReadAllText(ProtocolPage.Path);
        string rendered = ProtocolPage.Render(page);
        if (Environment.GetEnvironmentVariable("OVERSEER_RENDER_DOCS") == "1")
            File.WriteAllText(ProtocolPage.Path, rendered);
        else
            Assert.Equal(rendered, page);
    }

    [Fact]
    public void Every_message_and_object_has_a_table()
        => Assert.Equal(ProtocolPage.Definitions.Keys.Order(StringComparer.Ordinal), ProtocolPage.Markers(File.ReadAllText(ProtocolPage.Path), "fields").Order(StringComparer.Ordinal));

    [Fact]
    public void Every_golden_message_is_shown()
        => Assert.Equal(
            ((string[])["client", "server", "v0", "v1"]).SelectMany(GoldenFiles.Names),
            ProtocolPage.Markers(File.ReadAllText(ProtocolPage.Path), "golden").Order(StringComparer.Ordinal));

    [Fact]
    public void Every_link_within_the_page_leads_somewhere()
    {
        string page = File.ReadAllText(ProtocolPage.Path);
        var headings = page.Split('\n').Where(l => l.StartsWith('#')).Select(l => l.TrimStart('#', ' ').ToLowerInvariant().Replace(' ', '-').Replace(",", "", StringComparison.Ordinal)).ToHashSet();
        var links = Link().Matches(page).Select(m => m.Groups["anchor"].Value).ToHashSet();
        Assert.Empty(links.Except(headings));
        Assert.Superset(ProtocolPage.Definitions.Keys.Select(k => k.ToLowerInvariant()).ToHashSet(), links);
    }

    [GeneratedRegex(@"\]\(#(?<anchor>[^)]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
