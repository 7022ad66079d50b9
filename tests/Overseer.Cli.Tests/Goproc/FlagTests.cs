using Overseer.Cli.Goproc;
using Overseer.Cli.Goproc.Flags;
using Overseer.Cli.Goproc.Text;

namespace Overseer.Cli.Tests.Goproc;

/// <summary>Flags are read as Go's pflag reads them.</summary>
public sealed class FlagTests
{
    private readonly ListFlag _tags = new("tag", "");
    private readonly NumbersFlag _ids = new("id", "");
    private readonly TextFlag _name = new("name", "") { Short = 'n' };
    private readonly SwitchFlag _all = new("all", "") { Short = 'a' };
    private readonly SecondsFlag _timeout = new("timeout", 2, "") { Short = 't' };

    [Fact]
    public void Flags_and_arguments_may_be_mixed_until_a_double_dash()
    {
        List<string> arguments = Parse("one", "--name", "x", "two", "-a", "-", "--", "--name", "y");

        Assert.Equal(["one", "two", "-", "--name", "y"], arguments);
        Assert.Equal(("x", true), (_name.Value, _all.Value));
    }

    [Fact]
    public void Lists_repeat_and_have_commas_and_quotes()
    {
        Parse("--tag", "a,b", "--tag=c", "--tag", "\"d,e\",\"f\"\"g\"", "--tag", "", "--tag", ",", "--id", "1,3", "--id", "+2");

        Assert.Equal(["a", "b", "c", "d,e", "f\"g", "", ""], _tags.Values);
        Assert.Equal([1, 3, 2], _ids.Values);
    }

    [Fact]
    public void Short_flags_may_be_joined()
    {
        Parse("-at5", "-n=x");

        Assert.Equal((true, TimeSpan.FromSeconds(5), "x"), (_all.Value, _timeout.Value, _name.Value));
    }

    [Fact]
    public void A_switch_takes_a_value_only_behind_an_equals_sign()
    {
        Assert.Equal(["false"], Parse("--all", "false"));
        Assert.True(_all.Value);
        Assert.Equal([], Parse("--all=false"));
        Assert.False(_all.Value);
    }

    [Theory]
    [InlineData("0x10", 16)]
    [InlineData("0b11", 3)]
    [InlineData("0o17", 15)]
    [InlineData("017", 15)]
    [InlineData("1_000", 1000)]
    [InlineData("-5", -5)]
    [InlineData("0", 0)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Numbers_may_have_a_base(string text, long value) => Assert.Equal(value, GoNumber.ParseInt(text));

    [Theory]
    [InlineData("", "strconv.ParseInt: parsing \"\": invalid syntax")]
    [InlineData("1s", "strconv.ParseInt: parsing \"1s\": invalid syntax")]
    [InlineData("08", "strconv.ParseInt: parsing \"08\": invalid syntax")]
    [InlineData("--1", "strconv.ParseInt: parsing \"--1\": invalid syntax")]
    [InlineData("9223372036854775808", "strconv.ParseInt: parsing \"9223372036854775808\": value out of range")]
    public void Wrong_numbers_are_refused_in_Gos_words(string text, string message) => Assert.Equal(message, Assert.Throws<FormatException>(() => GoNumber.ParseInt(text)).Message);

    [Theory]
    [InlineData("a\"b", "parse error on line 1, column 2: bare \" in non-quoted field")]
    [InlineData("\"a", "parse error on line 1, column 3: extraneous or missing \" in quoted-field")]
    [InlineData("\"a\"b", "parse error on line 1, column 3: extraneous or missing \" in quoted-field")]
    public void Wrong_quotes_are_refused_in_Gos_words(string text, string message) => Assert.Equal(message, Assert.Throws<FormatException>(() => CsvLine.Read(text)).Message);

    [Theory]
    [InlineData("-x", "unknown shorthand flag: 'x' in -x")]
    [InlineData("-ax", "unknown shorthand flag: 'x' in -x")]
    [InlineData("--x=1", "unknown flag: --x")]
    [InlineData("--=1", "bad flag syntax: --=1")]
    [InlineData("--tag", "flag needs an argument: --tag")]
    [InlineData("-an", "flag needs an argument: 'n' in -n")]
    [InlineData("-t1m", "invalid argument \"1m\" for \"-t, --timeout\" flag: strconv.ParseInt: parsing \"1m\": invalid syntax")]
    public void Wrong_flags_are_refused_in_pflags_words(string word, string message) => Assert.Equal(message, Assert.Throws<GoprocFailure>(() => Parse(word)).Message);

    private List<string> Parse(params string[] words) => new FlagSet([_tags, _ids, _name, _all, _timeout]).Parse(words);
}
