using Overseer.Configuration;
using Overseer.Core.Configuration;

namespace Overseer.Server.Tests.Configuration;

public sealed class YamlDocumentTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("overseer-yaml-");

    public void Dispose() => _directory.Delete(recursive: true);

    private static string[] ErrorsOf(string text) =>
        Assert.Throws<ConfigurationException>(() => YamlDocument.Parse("c.yaml", text)).Message.Split('\n');

    private static string OnlyErrorOf(string text) => Assert.Single(ErrorsOf(text));

    private string Write(string name, params byte[] bytes)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    [Fact]
    public void Every_value_knows_its_line_and_the_keys_that_lead_to_it()
    {
        var root = YamlDocument.Parse("c.yaml", "name: a\nactions:\n  echo:\n    # a note\n    command:\n      - one\n      - two\n");
        var actions = Assert.IsType<ConfigMapping>(root.TryGet("actions"));
        var echo = Assert.IsType<ConfigMapping>(actions.TryGet("echo"));
        var command = Assert.IsType<ConfigSequence>(echo.TryGet("command"));
        Assert.Equal((2, 1, "actions"), (actions.Line, actions.Column, actions.Path));
        Assert.Equal((3, 3, "actions.echo"), (echo.Line, echo.Column, echo.Path));
        Assert.Equal((5, "actions.echo.command"), (command.Line, command.Path));
        Assert.Equal((7, 9, "actions.echo.command[1]"), (command.Items[1].Line, command.Items[1].Column, command.Items[1].Path));
        Assert.Equal("c.yaml", command.Items[1].File);
    }

    [Theory]
    [InlineData("a:", null)]
    [InlineData("a: ~", null)]
    [InlineData("a: null", null)]
    [InlineData("a: ''", "")]
    [InlineData("a: \"null\"", "null")]
    [InlineData("a: '~'", "~")]
    [InlineData("a: !!str null", "null")]
    [InlineData("a: |\n  null", "null")]
    [InlineData("a: nil", "nil")]
    [InlineData("a: 0x10", "0x10")]
    public void A_null_is_told_from_text(string text, string? value) =>
        Assert.Equal(value, Assert.IsType<ConfigScalar>(YamlDocument.Parse("c.yaml", text).TryGet("a")).Value);

    [Fact]
    public void Aliases_and_merge_keys_work_and_own_keys_win()
    {
        var root = YamlDocument.Parse("c.yaml", """
            x-a: &a {type: exec, cwd: /a}
            x-b: &b {cwd: /b, user: nobody}
            one:
              <<: [*a, *b]
              type: docker
            two: *a
            """);
        var one = Assert.IsType<ConfigMapping>(root.TryGet("one"));
        Assert.Equal(["type=docker", "cwd=/a", "user=nobody"], one.Entries.Select(entry => $"{entry.Key}={((ConfigScalar)entry.Value).Value}"));
        Assert.Equal("one.cwd", one.TryGet("cwd")!.Path);
        Assert.Equal("two.cwd", ((ConfigMapping)root.TryGet("two")!).TryGet("cwd")!.Path);
    }

    [Fact]
    public void A_merge_key_that_merges_nothing_sensible_is_an_error() =>
        Assert.Equal("c.yaml:2: b.<<: << takes a mapping or a list of mappings, usually an alias such as *defaults", OnlyErrorOf("b:\n  <<: 5\n"));

    [Fact]
    public void All_doubled_keys_are_named_with_both_lines() => Assert.Equal(
        [
            "c.yaml:3: a: this key is here twice; it was first given in line 1",
            "c.yaml:5: b.c: this key is here twice; it was first given in line 4",
        ], ErrorsOf("a: 1\nb:\na: 2\n".Replace("b:\n", "z: 0\n", StringComparison.Ordinal) + "b: {c: 1,\n  c: 2}\n"));

    [Theory]
    [InlineData("", "c.yaml: the file is empty; it needs at least one key, such as actions (an empty configuration is written {})")]
    [InlineData("# only a note\n", "c.yaml: the file is empty; it needs at least one key, such as actions (an empty configuration is written {})")]
    [InlineData("---\n", "c.yaml: the file is empty; it needs at least one key, such as actions (an empty configuration is written {})")]
    [InlineData("- a\n", "c.yaml:1: must be a mapping of keys to values, not a list")]
    [InlineData("hello\n", "c.yaml:1: must be a mapping of keys to values, not text")]
    [InlineData("a: 1\n---\nb: 2\n", "c.yaml:2: a second document begins here; one file holds one")]
    [InlineData("a:\n\tb: 1\n", "c.yaml:2: a tab is used for indentation; YAML allows only spaces there")]
    [InlineData("a:\n  b: 1\n\tc: 1\n", "c.yaml:3: a tab is used for indentation; YAML allows only spaces there")]
    [InlineData("a: *nowhere\n", "c.yaml:1: alias *nowhere has no anchor &nowhere before it")]
    [InlineData("a: &a\n  b: *a\n", "c.yaml:2: alias *a has no anchor &a before it")]
    [InlineData("a: !!binary aGk=\n", "c.yaml:1: the tag tag:yaml.org,2002:binary is not supported; quote the value if it is text that begins with \"!\"")]
    [InlineData("[a]: 1\n", "c.yaml:1: a key must be a single text; to use a value that begins with [ or {, quote it")]
    public void What_is_wrong_with_a_file_is_one_line(string text, string error) => Assert.Equal(error, OnlyErrorOf(text));

    [Theory]
    [InlineData("a:\n  b: 1\n c: 2\n", 3, "bad indentation")]
    [InlineData("a: 1\n  b: 2\n", 2, "bad indentation")]
    [InlineData("a: 1\nb\nc: 2\n", 2, "a \":\" missing")]
    [InlineData("a: \"open\n", 1, "")]
    [InlineData("a: [1, 2\nb: 3\n", 1, "bracket or quote left open")]
    [InlineData("a: @x\n", 1, "quote it")]
    [InlineData("a: `x`\n", 1, "quote it")]
    [InlineData("a: \"\\q\"\n", 1, "")]
    [InlineData("a: %x\n", 1, "quote it")]
    public void Broken_YAML_names_its_line(string text, int line, string part)
    {
        var error = OnlyErrorOf(text);
        TestContext.Current.TestOutputHelper?.WriteLine(error);
        Assert.StartsWith($"c.yaml:{line}: ", error, StringComparison.Ordinal);
        Assert.Contains(part, error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_damage_to_a_file_leads_to_anything_but_a_clear_error()
    {
        const string Sample = "a: &a {b: [1, \"x\", 'y'], <<: {c: d}}\nlist:\n  - *a\n  - |\n    text\n  - ? k\n    : v\n";
        var random = new Random(4711);
        for (var round = 0; round < 3000; round++)
        {
            var text = Sample.ToCharArray();
            for (var hits = random.Next(1, 4); hits > 0; hits--) text[random.Next(text.Length)] = "\t\n :-[]{}&*!|>'\"%@`?,#x\0"[random.Next(24)];
            try { YamlDocument.Parse("c.yaml", new string(text, 0, random.Next(1, text.Length))); }
            catch (ConfigurationException exception) { Assert.All(exception.Errors, error => Assert.StartsWith("c.yaml:", error.ToString(), StringComparison.Ordinal)); }
        }
    }

    [Fact]
    public void Aliases_that_multiply_are_stopped()
    {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + string.Concat(Enumerable.Range(1, 9).Select(n => $"a{n}: &a{n} [{string.Join(", ", Enumerable.Repeat($"*a{n - 1}", 10))}]\n"));
        Assert.Contains("more than 200000 values", OnlyErrorOf(text), StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_stopped()
    {
        Assert.Contains("nested deeper than 64 levels", OnlyErrorOf("a: " + new string('[', 5000)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_does_no_harm() =>
        Assert.Equal("a", Assert.Single(YamlDocument.Load(Write("bom.yaml", [0xEF, 0xBB, 0xBF, .. "a: 1"u8])).Entries).Key);

    [Fact]
    public void Windows_line_ends_do_no_harm() =>
        Assert.Equal(["a", "b"], YamlDocument.Load(Write("crlf.yaml", "a: 1\r\nb: 2\r\n"u8.ToArray())).Entries.Select(entry => entry.Key));

    [Fact]
    public void A_file_that_cannot_be_read_says_why()
    {
        string Error(string path) => Assert.Throws<ConfigurationException>(() => YamlDocument.Load(path)).Message;
        var missing = Path.Combine(_directory.FullName, "none.yaml");
        Assert.Equal($"{missing}: no such file (looked for {missing})", Error(missing));
        Assert.Equal($"{_directory.FullName}: is a directory; name the file in it", Error(_directory.FullName));
        Assert.EndsWith(": is UTF-16 text; save it as UTF-8", Error(Write("wide.yaml", 0xFF, 0xFE, 0x61, 0)), StringComparison.Ordinal);
        Assert.EndsWith("latin.yaml:2: is not UTF-8 text", Error(Write("latin.yaml", [.. "a: 1\nb: "u8, 0xE9, 0x0A])), StringComparison.Ordinal);
    }
}
