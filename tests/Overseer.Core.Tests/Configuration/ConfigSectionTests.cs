using Overseer.Core.Configuration;

namespace Overseer.Core.Tests.Configuration;

public sealed class ConfigSectionTests
{
    private static ConfigScalar Text(string? value, int line = 1, string path = "") => new(value, false, "f.yaml", line, 1, path);

    private static ConfigMapping Map(params (string Key, ConfigNode Value)[] entries) =>
        new([.. entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value))], "f.yaml", 1, 1, "");

    private static string[] ErrorsOf(ConfigSection section)
    {
        try { section.End(); }
        catch (ConfigurationException exception) { return exception.Message.Split('\n'); }
        return [];
    }

    [Fact]
    public void All_errors_come_at_once_with_file_line_and_key()
    {
        var section = new ConfigSection(Map(
            ("size", Text("ten", 3, "pool.size")),
            ("grace", Text("10", 4, "pool.grace")),
            ("ordre", Text("first", 5, "pool.ordre"))));

        Assert.Null(section.Integer("size", 0));
        Assert.Null(section.Duration("grace"));
        Assert.Null(section.Enum("order", "first", "last"));

        Assert.Equal(
        [
            "f.yaml:3: pool.size: \"ten\" is not a whole number of 0 or more",
            "f.yaml:4: pool.grace: \"10\" is not a duration of 0 or more such as \"1h2m3.5s\", \"250ms\" or \"0\" (units ns us µs ms s m h); did you mean \"10s\"?",
            "f.yaml:5: pool.ordre: unknown key; did you mean order?",
        ], ErrorsOf(section));
    }

    [Fact]
    public void An_unknown_key_that_is_near_to_none_gets_the_list()
    {
        var section = new ConfigSection(Map(("zebra", Text("1", 2, "zebra"))));
        section.Text("name");
        section.Text("listen");
        Assert.Equal(["f.yaml:2: zebra: unknown key; known here are listen, name"], ErrorsOf(section));
    }

    [Fact]
    public void Keys_that_begin_with_x_are_free()
    {
        var section = new ConfigSection(Map(("x-note", Text("anything")), ("x-", Text("too"))));
        Assert.Empty(ErrorsOf(section));
        Assert.Empty(section.Entries);
    }

    [Fact]
    public void A_null_is_like_a_missing_key()
    {
        var section = new ConfigSection(Map(("a", Text(null)), ("b", Text(null)), ("c", Text(null))));
        Assert.Null(section.Text("a"));
        Assert.Null(section.Section("b"));
        Assert.Null(section.TextList("c"));
        Assert.True(section.Has("a"));
        Assert.Empty(ErrorsOf(section));
    }

    [Fact]
    public void A_section_inside_shares_the_errors()
    {
        var inner = new ConfigMapping([KeyValuePair.Create<string, ConfigNode>("on", Text("yes", 7, "a.on"))], "f.yaml", 6, 1, "a");
        var section = new ConfigSection(Map(("a", inner)));
        var nested = section.Section("a")!;
        Assert.Null(nested.Flag("on"));
        nested.End();
        Assert.Equal(["f.yaml:7: a.on: \"yes\" is neither true nor false"], ErrorsOf(section));
    }

    [Fact]
    public void A_value_of_the_wrong_kind_says_what_it_should_be()
    {
        var list = new ConfigSequence([], "f.yaml", 2, 1, "a");
        var section = new ConfigSection(Map(("a", list), ("b", Text("x", 3, "b")), ("c", Text("x", 4, "c")), ("d", list)));
        section.Text("a");
        section.Section("b");
        section.TextList("c");
        section.TextMap("d");
        Assert.Equal(
        [
            "f.yaml:2: a: must be a single value, not a list",
            "f.yaml:3: b: must be a mapping, not text",
            "f.yaml:4: c: must be a list of texts, not text",
            "f.yaml:2: a: must be a mapping of names to texts, not a list",
        ], ErrorsOf(section));
    }

    [Fact]
    public void A_template_without_quotes_gets_a_hint()
    {
        var template = new ConfigSequence([new ConfigSequence([Text(".name")])], "f.yaml", 2, 1, "a");
        var section = new ConfigSection(Map(("a", template), ("b", new ConfigSequence([template], "f.yaml", 3, 1, "b"))));
        section.Text("a");
        section.TextList("b");
        Assert.Equal(
        [
            "f.yaml:2: a: must be a single value, not a list; a template needs quotes: \"[[.name]]\"",
            "f.yaml:2: a: must be text, not a list; a template needs quotes: \"[[.name]]\"",
        ], ErrorsOf(section));
    }

    [Fact]
    public void A_required_text_that_is_missing_names_the_key_and_the_section()
    {
        var section = new ConfigSection(new ConfigMapping([], "f.yaml", 9, 1, "actions.echo"));
        Assert.Null(section.RequiredText("type"));
        Assert.Equal(["f.yaml:9: actions.echo: type is required"], ErrorsOf(section));
    }

    [Fact]
    public void A_warning_is_kept_once()
    {
        var warnings = new ConfigurationWarnings();
        var section = new ConfigSection(Map(("retry", Text("x", 2, "retry"))), warnings);
        section.NotYet("retry", "tasks are not restarted");
        section.NotYet("retry", "tasks are not restarted");
        section.NotYet("absent", "nothing");
        Assert.Equal(["f.yaml:2: retry: known, but without effect in this version: tasks are not restarted"], warnings.Messages);
    }

    [Theory]
    [InlineData("lisen", "listen")]
    [InlineData("Listen", "listen")]
    [InlineData("task-pool", "task_pool")]
    [InlineData("nmae", "name")]
    [InlineData("action", "actions")]
    [InlineData("trustedcidr", "trusted_cidrs")]
    [InlineData("b", null)]
    [InlineData("completely", null)]
    public void The_nearest_key_is_found(string key, string? expected) =>
        Assert.Equal(expected, NearestKey.Find(key, ["listen", "task_pool", "name", "actions", "trusted_cidrs", "db"]));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("4096", 4096)]
    [InlineData("64KiB", 65536)]
    [InlineData("1 MiB", 1048576)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("12B", 12)]
    public void A_size_is_read(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var value));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("1.5MiB")]
    [InlineData("1mib")]
    [InlineData("9999999999TiB")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
