namespace Overseer.Protocols.Tests;

public sealed class ProtocolPageTests
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
            GoldenFiles.Names("client").Concat(GoldenFiles.Names("server")),
            ProtocolPage.Markers(File.ReadAllText(ProtocolPage.Path), "golden").Order(StringComparer.Ordinal));
}
