namespace Overseer.Core.Tests.Expressions.Cel;

/// <summary><c>matches</c>: the syntax and the meaning of RE2.</summary>
public sealed class CelPatternTests
{
    [Theory]
    [InlineData("hello", "ell", true)]
    [InlineData("hello", "^ell", false)]
    [InlineData("hello", "^h.*o$", true)]
    [InlineData("hello\n", "o$", false)]
    [InlineData("a\nb", "(?m)^b$", true)]
    [InlineData("a\nb", "(?m:^a$)\nb", true)]
    [InlineData("a\nb\n", "(?m:^a$)\nb$", false)]
    [InlineData("a\nb", "^b", false)]
    [InlineData("a\nb", "a.b", false)]
    [InlineData("a\nb", "(?s)a.b", true)]
    [InlineData("HELLO", "(?i)hello", true)]
    [InlineData("HELLO", "(?i:h)ELLO", true)]
    [InlineData("x٣", "\\d", false)]
    [InlineData("x3", "\\d", true)]
    [InlineData("ä", "^\\w$", false)]
    [InlineData("ä", "^\\W$", true)]
    [InlineData("ä", "^[^\\w]$", true)]
    [InlineData("a b", "a\\sb", true)]
    [InlineData("a\u00a0b", "a\\sb", false)]
    [InlineData("a-b", "[\\D]", true)]
    [InlineData("123", "[\\D]", false)]
    [InlineData("x", "[[:alpha:]]", true)]
    [InlineData("1", "[[:alpha:]]", false)]
    [InlineData("1", "[[:^alpha:]]", true)]
    [InlineData("_", "^[[:word:]-]$", true)]
    [InlineData("]", "[]]", true)]
    [InlineData("[", "[[]", true)]
    [InlineData("b", "[a-z-[b]]", false)]
    [InlineData("b]", "[a-z-[b]]", true)]
    [InlineData("ä", "\\pL", true)]
    [InlineData("ä", "\\p{^L}", false)]
    [InlineData("a.b", "^\\Qa.b\\E$", true)]
    [InlineData("axb", "^\\Qa.b\\E$", false)]
    [InlineData("😀", "^\\x{1F600}$", true)]
    [InlineData("A", "\\x41", true)]
    [InlineData("aaa", "^a{2,3}$", true)]
    [InlineData("a{,2}", "^a{,2}$", true)]
    [InlineData("a{x}", "^a{x}$", true)]
    [InlineData("key=1", "(?P<name>key)=(?<value>1)", true)]
    [InlineData("ab", "a|b|", true)]
    [InlineData("", "", true)]
    [InlineData("foo bar", "\\bbar\\b", true)]
    [InlineData("10.1.2.3", "^(?:\\d{1,3}\\.){3}\\d{1,3}$", true)]
    [InlineData("abab", "^(ab){2}$", true)]
    public void Patterns_find_what_RE2_finds(string text, string pattern, bool value)
    {
        var expected = value ? "true" : "false";
        Assert.Equal(expected, CelRun.Value($"output.data.matches({CelPrinter.Quote(pattern)})", text));
        Assert.Equal(expected, CelRun.Value($"matches({CelPrinter.Quote(text)}, {CelPrinter.Quote(pattern)})"));
    }

    [Theory]
    [InlineData("(a)\\1", "referring back")]
    [InlineData("a(?=b)", "looking ahead")]
    [InlineData("a(?!b)", "looking ahead")]
    [InlineData("(?<=a)b", "looking behind")]
    [InlineData("(?<!a)b", "looking behind")]
    [InlineData("(?>a)", "is no group")]
    [InlineData("(?x)a b", "is no group")]
    [InlineData("(?", "is no group")]
    [InlineData("(a", "\"(\" is never closed")]
    [InlineData("a)", "\")\" without a \"(\"")]
    [InlineData("[a", "\"[\" is never closed")]
    [InlineData("*a", "without anything to repeat")]
    [InlineData("a**", "without anything to repeat")]
    [InlineData("[b-a]", "range whose end")]
    [InlineData("a{3,2}", "most is less")]
    [InlineData("a{1001}", "more than 1000")]
    [InlineData("a{99999999999}", "more than 1000")]
    [InlineData("((a{100}){100}){100}", "multiply to more than 10000 characters")]
    [InlineData("\\p{Nope}", "unknown class of characters")]
    [InlineData("[[:nope:]]", "[:nope:] is no class")]
    [InlineData("\\y", "\\y is not known")]
    [InlineData("\\", "at its end")]
    [InlineData("\\x{110000}", "\\x needs")]
    [InlineData("\\xg", "\\x needs")]
    [InlineData("\\x{", "\\x needs")]
    [InlineData("[\\b]", "not known in brackets")]
    public void What_the_engine_cannot_do_is_refused_at_load(string pattern, string part)
    {
        var error = CelRun.Refusal($"output.data.matches({CelPrinter.Quote(pattern)})");

        Assert.StartsWith("column 21: the pattern of matches() is refused: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_may_be_computed_of_constants_but_not_of_input()
    {
        Assert.Equal("true", CelRun.Value("'abc'.matches('a' + '.c')"));
        Assert.Contains("must be a constant text", CelRun.Refusal("output.data.matches(output.stream)").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dynamic_receiver_must_be_a_text_when_it_comes_to_it() =>
        Assert.Equal("error: no such overload: a string is needed here", CelRun.Value("dyn(1).matches('1')"));

    [Fact]
    public void A_pattern_that_would_take_a_backtracking_engine_for_ever_is_quick() =>
        Assert.Equal("false", CelRun.Value("output.data.matches('^(a+)+$')", new string('a', 20_000) + "b"));

    [Fact]
    public void Broken_bytes_are_what_clients_see() =>
        Assert.Equal("true", CelRun.Value("output.data.matches('^a\\ufffd\\ufffdb$')", [(byte)'a', 0xe2, 0x82, (byte)'b']));
}
