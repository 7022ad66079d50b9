using Overseer.Core.Drivers;
using Overseer.Core.Expressions.Cel;

namespace Overseer.Core.Tests.Drivers;

public sealed class ParameterBindingTests
{
    private static readonly Dictionary<string, ParameterSpec?> Declared = new()
    {
        ["r"] = null,
        ["d"] = new ParameterSpec { Default = "" },
        ["e"] = new ParameterSpec { Default = "a", Enum = ["a", "b"] },
        ["s"] = new ParameterSpec { Default = "x", Enum = ["x"], Secret = true },
        ["v"] = new ParameterSpec { Default = "7", Validate = "int(value) > 5" },
        ["w"] = new ParameterSpec { Default = "7", Validate = "value.matches('^[0-9]$')", Secret = true },
    };

    [Fact]
    public void Defaults_are_added_and_undeclared_parameters_kept()
    {
        var bound = ParameterBinding.Bind(Declared, new Dictionary<string, string> { ["r"] = "1", ["other"] = "2" });

        Assert.Equal(["d=", "e=a", "other=2", "r=1", "s=x", "v=7", "w=7"], bound.Select(p => $"{p.Key}={p.Value}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("d", "1", "required parameter \"r\" is missing")]
    [InlineData("e", "c", "parameter \"e\" must be one of \"a\", \"b\" (value: \"c\")")]
    [InlineData("s", "c", "parameter \"s\" must be one of \"x\" (value: \"***\")")]
    [InlineData("v", "5", "parameter \"v\" failed validation (value: \"5\")")]
    [InlineData("v", "", "parameter \"v\" failed validation (value: \"\")")]
    [InlineData("v", "six", "parameter \"v\" failed validation (value: \"six\")")]
    [InlineData("v", "a\"b", "parameter \"v\" failed validation (value: \"a\\\"b\")")]
    [InlineData("w", "77", "parameter \"w\" failed validation (value: \"***\")")]
    public void Bad_parameters_are_refused(string name, string value, string message)
    {
        var given = new Dictionary<string, string> { [name] = value };
        if (name != "d") given["r"] = "";

        Assert.Equal(message, Assert.Throws<PlanException>(() => ParameterBinding.Bind(Declared, given)).Message);
    }

    [Theory]
    [InlineData("v", "6")]
    [InlineData("v", "9223372036854775807")]
    [InlineData("w", "0")]
    public void Values_that_pass_are_taken(string name, string value) =>
        Assert.Equal(value, ParameterBinding.Bind(Declared, new Dictionary<string, string> { ["r"] = "", [name] = value })[name]);

    [Fact]
    public void A_default_that_a_driver_lets_through_is_checked_at_the_start()
    {
        var declared = new Dictionary<string, ParameterSpec?> { ["p"] = new ParameterSpec { Default = "long", Validate = "size(value) < 3" } };

        var error = Assert.Throws<PlanException>(() => ParameterBinding.Bind(declared, new Dictionary<string, string>()));

        Assert.Equal("parameter \"p\" failed validation (value: \"long\")", error.Message);
    }

    [Theory]
    [InlineData("size(value) > 0", "ä😀", true)]
    [InlineData("size(value) == 2", "ä😀", true)]
    [InlineData("value.startsWith('/') && !value.contains('..')", "/etc/../passwd", false)]
    [InlineData("value in ['a', 'b']", "b", true)]
    [InlineData("dyn(value)", "true", false)]
    public void A_condition_is_over_the_value(string condition, string value, bool accepts) => Assert.Equal(accepts, new ParameterSpec { Validate = condition }.Accepts(value));

    [Fact]
    public void A_surrogate_without_its_partner_is_one_character_that_is_unknown() => Assert.True(new ParameterSpec { Validate = "value == '\\ufffd'" }.Accepts("\ud800"));

    [Fact]
    public void A_wrong_condition_is_refused_when_it_is_set()
    {
        Assert.Equal("column 1: there is no function \"sise\"", Assert.Throws<CelException>(() => new ParameterSpec { Validate = "sise(value) > 1" }).Message.Split(';')[0]);
        Assert.Equal("a condition must yield bool; this yields int", Assert.Throws<CelException>(() => new ParameterSpec { Validate = "size(value)" }).Cause);
        Assert.Contains("known are value", Assert.Throws<CelException>(() => new ParameterSpec { Validate = "output.data == ''" }).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Specs_are_equal_when_they_say_the_same()
    {
        var spec = new ParameterSpec { Default = "a", Validate = "value != ''" };

        Assert.Equal(spec, new ParameterSpec { Default = "a", Validate = "value != ''" });
        Assert.NotEqual(spec, spec with { Validate = "true" });
        Assert.Null((spec with { Validate = null }).Validate);
    }
}
