using Overseer.Core.Expressions;

namespace Overseer.Core.Tests.Expressions;

public sealed class TextTemplateTests
{
    private static readonly Dictionary<string, string> Parameters = new()
    {
        ["name"] = "Ann",
        ["empty"] = "",
        ["my-key"] = "dashed",
        ["which"] = "name",
        ["spaces"] = "a b; $(rm -rf /) [[.name]]",
        ["größe"] = "XL",
    };

    [Theory]
    [InlineData("", "")]
    [InlineData("plain ] [ ]] text", "plain ] [ ]] text")]
    [InlineData("[[.name]]", "Ann")]
    [InlineData("[[ .name ]]", "Ann")]
    [InlineData("a[[.name]]b[[.name]]c", "aAnnbAnnc")]
    [InlineData("[[.missing]]", "")]
    [InlineData("x[[.empty]]y", "xy")]
    [InlineData("[[.größe]]", "XL")]
    [InlineData("[[index . \"my-key\"]]", "dashed")]
    [InlineData("[[index . `my-key`]]", "dashed")]
    [InlineData("[[index . .which]]", "Ann")]
    [InlineData("[[index . \"nope\"]]", "")]
    [InlineData("[[.spaces]]", "a b; $(rm -rf /) [[.name]]")]
    public void Parameters_are_put_in(string template, string text) => Assert.Equal(text, Render(template));

    [Theory]
    [InlineData("[[if .name]]yes[[end]]", "yes")]
    [InlineData("[[if .empty]]yes[[end]]", "")]
    [InlineData("[[if .missing]]yes[[else]]no[[end]]", "no")]
    [InlineData("[[if .empty]]1[[else if .name]]2[[else]]3[[end]]", "2")]
    [InlineData("[[if .empty]]1[[else if .missing]]2[[else]]3[[end]]!", "3!")]
    [InlineData("[[if .name]][[if .empty]]a[[else]]b[[end]]c[[end]]", "bc")]
    [InlineData("[[if eq .name \"Ann\"]]x[[end]]", "x")]
    [InlineData("[[if eq .name \"Bob\" \"Ann\"]]x[[end]]", "x")]
    [InlineData("[[if ne .name \"Ann\"]]x[[end]]", "")]
    [InlineData("[[if and .name (not .empty)]]x[[end]]", "x")]
    [InlineData("[[if or .empty .missing]]x[[else]]y[[end]]", "y")]
    public void Conditions_choose(string template, string text) => Assert.Equal(text, Render(template));

    [Theory]
    [InlineData("[[eq .name \"Ann\"]]", "true")]
    [InlineData("[[not .name]]", "false")]
    [InlineData("[[and .name .which]]", "name")]
    [InlineData("[[and .empty .which]]", "")]
    [InlineData("[[or .empty .which]]", "name")]
    [InlineData("[[or .empty .missing \"last\"]]", "last")]
    [InlineData("[[print .name \"-\" .which]]", "Ann-name")]
    [InlineData("[[print (not .name) (not .empty)]]", "false true")]
    [InlineData("[[print]]", "")]
    [InlineData("[[print \"[[\"]]", "[[")]
    [InlineData("[[print \"a\\tb\\\"\\x41\\u00e4\\U0001F600\"]]", "a\tb\"Aä😀")]
    [InlineData("[[print `raw\\n]]`]]", "raw\\n]]")]
    [InlineData("[[default \"d\" .empty]]", "d")]
    [InlineData("[[default \"d\" .name]]", "Ann")]
    [InlineData("[[.missing | default \"d\"]]", "d")]
    [InlineData("[[.name | default \"d\" | print \"x-\"]]", "x-Ann")]
    [InlineData("[[(print (print .name))]]", "Ann")]
    public void Functions_mean_what_they_mean_in_Go(string template, string text) => Assert.Equal(text, Render(template));

    [Theory]
    [InlineData("a  [[- .name]]  b", "aAnn  b")]
    [InlineData("a  [[.name -]]  \n b", "a  Annb")]
    [InlineData("a \t\n [[- .name -]] \r\n b", "aAnnb")]
    [InlineData("[[if .name -]]  x  [[- else -]]  y  [[- end]]", "x")]
    [InlineData(" [[- \"x\" -]] ", "x")]
    [InlineData("[[.name -]]  ", "Ann")]
    public void Trim_markers_take_the_blanks_around(string template, string text) => Assert.Equal(text, Render(template));

    [Theory]
    [InlineData("[[.name", 1, "never closed")]
    [InlineData("ab[[", 3, "never closed")]
    [InlineData("[[]]", 1, "nothing between")]
    [InlineData("x[[ ]]", 2, "nothing between")]
    [InlineData("[[- -]]", 1, "nothing between")]
    [InlineData("[[.]]", 3, "index . \"name\"")]
    [InlineData("[[.my-key]]", 6, "[[index . \"my-key\"]]")]
    [InlineData("[[.a.b]]", 5, "unexpected '.'")]
    [InlineData("[[name]]", 3, "\"name\" is not known; allowed are")]
    [InlineData("[[range .x]][[end]]", 3, "\"range\" is not known")]
    [InlineData("[[printf \"%s\" .x]]", 3, "\"printf\" is not known")]
    [InlineData("[[$x]]", 3, "variables")]
    [InlineData("[[/* c */]]", 3, "comments")]
    [InlineData("[[eq .a 1]]", 9, "numbers")]
    [InlineData("[[if .a]]x", 1, "has no [[end]]")]
    [InlineData("[[if .a]]x[[else]]y", 1, "has no [[end]]")]
    [InlineData("[[if .a]]x[[else]]y[[else]]z[[end]]", 22, "second \"else\"")]
    [InlineData("x[[end]]", 4, "without an \"if\"")]
    [InlineData("x[[else]]", 4, "without an \"if\"")]
    [InlineData("[[if]]x[[end]]", 5, "a value is missing")]
    [InlineData("[[not]]", 3, "takes 1 argument, not 0")]
    [InlineData("[[not .a .b]]", 3, "takes 1 argument, not 2")]
    [InlineData("[[eq .a]]", 3, "takes at least 2 arguments, not 1")]
    [InlineData("[[default \"x\"]]", 3, "takes 2 arguments")]
    [InlineData("[[index .]]", 3, "index is written")]
    [InlineData("[[index .a \"b\"]]", 3, "index is written")]
    [InlineData("[[.a .b]]", 6, "only a function takes arguments")]
    [InlineData("[[.a | .b]]", 8, "a function must follow")]
    [InlineData("[[(.a]]", 3, "never closed by \")\"")]
    [InlineData("[[.a)]]", 5, "\"]]\" is expected")]
    [InlineData("[[print eq]]", 9, "in brackets")]
    [InlineData("[[print \"abc]]", 9, "no end")]
    [InlineData("[[print `abc]]", 9, "no end")]
    [InlineData("[[print \"\\q\"]]", 10, "unknown escape")]
    [InlineData("[[print \"\\xZZ\"]]", 10, "2 hexadecimal digits")]
    [InlineData("[[print \"\\ud800\"]]", 10, "4 hexadecimal digits")]
    [InlineData("[[.a : .b]]", 6, "unexpected ':'")]
    [InlineData("[[-.a]]", 3, "unexpected '-'")]
    [InlineData("[[.a-]]", 5, "unexpected '-'")]
    public void Anything_else_is_refused_with_its_position(string template, int position, string part)
    {
        var error = Assert.Throws<TemplateException>(() => TextTemplate.Parse(template));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
        Assert.StartsWith($"template, position {position}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_not_a_crash()
    {
        Assert.Throws<TemplateException>(() => TextTemplate.Parse("[[" + new string('(', 100_000)));
        Assert.Throws<TemplateException>(() => TextTemplate.Parse(string.Concat(Enumerable.Repeat("[[if .a]]", 10_000))));
        Assert.Throws<TemplateException>(() => TextTemplate.Parse("[[if .a]]" + string.Concat(Enumerable.Repeat("[[else if .a]]", 10_000)) + "[[end]]"));
        Assert.Throws<TemplateException>(() => TextTemplate.Parse("[[" + string.Concat(Enumerable.Repeat("print .a | ", 10_000)) + "print]]"));
    }

    [Fact]
    public void A_text_without_places_is_constant()
    {
        Assert.True(TextTemplate.Parse("abc").IsConstant);
        Assert.False(TextTemplate.Parse("[[.a]]").IsConstant);
    }

    [Fact]
    public void No_text_can_make_the_parser_fail_otherwise()
    {
        const string Alphabet = "[]-. \"`()|aifelsndx\\\n/$1";
        var random = new Random(1);
        for (var i = 0; i < 50_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 24)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            try
            {
                TextTemplate.Parse("[[" + text).Render(Parameters);
            }
            catch (TemplateException)
            {
            }
        }
    }

    private static string Render(string template) => TextTemplate.Parse(template).Render(Parameters);
}
