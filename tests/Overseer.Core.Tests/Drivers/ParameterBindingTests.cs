using Overseer.Core.Drivers;

namespace Overseer.Core.Tests.Drivers;

public sealed class ParameterBindingTests
{
    private static readonly Dictionary<string, ParameterSpec?> Declared = new()
    {
        ["r"] = null,
        ["d"] = new ParameterSpec { Default = "" },
        ["e"] = new ParameterSpec { Default = "a", Enum = ["a", "b"] },
        ["s"] = new ParameterSpec { Default = "x", Enum = ["x"], Secret = true },
    };

    [Fact]
    public void Defaults_are_added_and_undeclared_parameters_kept()
    {
        var bound = ParameterBinding.Bind(Declared, new Dictionary<string, string> { ["r"] = "1", ["other"] = "2" });

        Assert.Equal(["d=", "e=a", "other=2", "r=1", "s=x"], bound.Select(p => $"{p.Key}={p.Value}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("d", "1", "required parameter \"r\" is missing")]
    [InlineData("e", "c", "parameter \"e\" must be one of \"a\", \"b\" (value: \"c\")")]
    [InlineData("s", "c", "parameter \"s\" must be one of \"x\" (value: \"***\")")]
    public void Bad_parameters_are_refused(string name, string value, string message)
    {
        var given = new Dictionary<string, string> { [name] = value };
        if (name != "d") given["r"] = "";

        Assert.Equal(message, Assert.Throws<PlanException>(() => ParameterBinding.Bind(Declared, given)).Message);
    }
}
