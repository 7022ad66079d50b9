using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Overseer.Core.Drivers;
using Overseer.Core.Expressions.Cel;
using Overseer.Core.Expressions.Cel.Json;

namespace Overseer.Core.Tests.Expressions.Cel;

/// <summary>docs/expressions.md says nothing that is not so.</summary>
public sealed class CelDocumentationTests
{
    [Fact]
    public void Every_value_is_what_the_page_says()
    {
        var examples = Blocks("cel").SelectMany(block => block).ToList();

        Assert.Equal(20, examples.Count);
        foreach (var example in examples)
        {
            var parts = example.Split("// → ");
            var value = CelRun.Value(parts[0]);
            if (parts[1] == "failure") Assert.StartsWith("error: ", value, StringComparison.Ordinal);
            else Assert.Equal(CelRun.Value(parts[1]), value);
        }
    }

    [Fact]
    public void Every_condition_passes_and_drops_what_the_page_says()
    {
        var count = Check("cel output", "passes", "drops", (condition, line) => OutputFilter.Create(condition, null)!.Passes(false, Encoding.UTF8.GetBytes(line)));
        Assert.Equal(24, count);
    }

    [Fact]
    public void Every_validation_accepts_and_refuses_what_the_page_says()
    {
        var count = Check("cel value", "accepts", "refuses", (condition, value) => new ParameterSpec { Validate = condition }.Accepts(value));
        Assert.Equal(13, count);
    }

    [Fact]
    public void The_limits_are_those_of_the_page()
    {
        var page = Page();
        string[] rows =
        [
            $"| length of an expression | {CelLimits.Default.MaxLength} characters |",
            $"| nesting | {CelLimits.Default.MaxDepth} deep;",
            $"| length of a pattern | {CelLimits.Default.MaxPatternLength} characters; 10,000 ",
            $"| {CelLimits.Default.MaxSteps.ToString("N0", CultureInfo.InvariantCulture)} | fails |",
            $"| {CelLimits.Default.MaxElements.ToString("N0", CultureInfo.InvariantCulture)} | fails |",
            $"| nesting of JSON | {JsonGrammar.MaxDepth} deep |",
        ];
        Assert.All(rows, row => Assert.Contains(row, page, StringComparison.Ordinal));
    }

    /// <summary>Each condition and what is said about it in the comments below it; returns how many things are said.</summary>
    private static int Check(string block, string good, string bad, Func<string, string, bool> holds)
    {
        var count = 0;
        var condition = "";
        foreach (var line in Blocks(block).SelectMany(lines => lines))
        {
            if (!line.StartsWith("// ", StringComparison.Ordinal))
            {
                condition = line;
                continue;
            }

            var parts = line[3..].Split(": ", 2);
            Assert.Contains(parts[0], new[] { good, bad });
            Assert.True(holds(condition, parts[1]) == (parts[0] == good), $"{condition} {line}");
            count++;
        }

        return count;
    }

    private static IEnumerable<string[]> Blocks(string kind) =>
        Page().Split($"```{kind}\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)].Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private static string Page([CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../../docs/expressions.md"));
}
