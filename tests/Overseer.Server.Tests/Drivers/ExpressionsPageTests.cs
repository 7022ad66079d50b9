using System.Runtime.CompilerServices;
using System.Text;
using Overseer.Core.Drivers;

namespace Overseer.Tests.Drivers;

/// <summary>The configuration that docs/expressions.md shows, and the error it shows.</summary>
public sealed class ExpressionsPageTests : IDisposable
{
    private readonly ExecHarness _exec = new();

    public void Dispose() => _exec.Dispose();

    [Fact]
    public void The_example_loads_and_does_what_it_looks_like()
    {
        var action = _exec.Action(Example());

        Assert.Empty(_exec.Warnings.Messages);
        Assert.True(action.Output!.Passes(false, Encoding.UTF8.GetBytes("{\"level\":\"error\"}")));
        Assert.False(action.Output.Passes(true, Encoding.UTF8.GetBytes("DEBUG x")));
        Assert.Null(Record.Exception(() => ParameterBinding.Bind(action.Parameters, new Dictionary<string, string> { ["url"] = "https://a" })));
        var error = Assert.Throws<PlanException>(() => ParameterBinding.Bind(action.Parameters, new Dictionary<string, string> { ["url"] = "https://a", ["depth"] = "9" }));
        Assert.Contains("validation error: exec: " + error.Message, Page().ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_is_what_one_gets()
    {
        var page = Page();
        var shown = page[(page.IndexOf("config.yaml:", StringComparison.Ordinal) + "config.yaml:".Length)..];
        shown = shown[..shown.IndexOf("\n```", StringComparison.Ordinal)];
        var wrong = Example().Replace("has(output.json.result)", "output.data + 1 == 'a'", StringComparison.Ordinal);
        var before = page[(page.IndexOf("```yaml\n", StringComparison.Ordinal) + 8)..page.IndexOf("entrypoint", StringComparison.Ordinal)].Count(c => c == '\n');

        var error = Assert.Single(_exec.Errors(wrong));

        var line = int.Parse(error.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(shown, $"{line + before}:{error.Split(':', 3)[2]}");
    }

    /// <summary>What stands below <c>config:</c>.</summary>
    private static string Example()
    {
        var page = Page();
        var yaml = page[(page.IndexOf("    config:\n", StringComparison.Ordinal) + "    config:\n".Length)..];
        return string.Join('\n', yaml[..yaml.IndexOf("```", StringComparison.Ordinal)].Split('\n').Select(line => line.Length > 6 ? line[6..] : line));
    }

    private static string Page([CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/expressions.md"));
}
