using System.Diagnostics;
using System.Text;
using Overseer.Core.Expressions.Cel;

namespace Overseer.Core.Tests.Expressions.Cel;

/// <summary>Each limit at its edge, and what would be endless without them.</summary>
public sealed class CelLimitTests
{
    private const string TooManySteps = "error: the evaluation took more steps than allowed";
    private const string TooManyElements = "error: the evaluation made more list elements and map entries than allowed";

    [Fact]
    public void The_length_of_an_expression()
    {
        var limits = new CelLimits { MaxLength = 10 };

        Assert.Equal("true", CelRun.Value("1234==1234", limits: limits));
        Assert.Contains("longer than 10 characters", CelRun.Refusal("1234==12345", limits).Message, StringComparison.Ordinal);
        Assert.Equal(8192, CelLimits.Default.MaxLength);
        Assert.Equal("true", CelRun.Value("true" + new string(' ', 8188)));
        Assert.NotNull(CelRun.Refusal("true" + new string(' ', 8189)));
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("{1:", "1", "}")]
    [InlineData("!", "true", "")]
    [InlineData("true?1:", "1", "")]
    [InlineData("dyn(", "1", ")")]
    [InlineData("", "{}", ".a")]
    [InlineData("", "dyn(1)", "[0]")]
    [InlineData("", "1", "+1")]
    [InlineData("-", "(1)", "")]
    public void The_depth_of_nesting(string before, string inside, string after)
    {
        var limits = new CelLimits { MaxDepth = 20 };
        string Nested(int depth) => string.Concat(Enumerable.Repeat(before, depth)) + inside + string.Concat(Enumerable.Repeat(after, depth));

        CelProgram.Compile(Nested(18), CelVariables.None, limits);
        var error = Assert.Throws<CelException>(() => CelProgram.Compile(Nested(20), CelVariables.None, limits));
        Assert.Equal("nested more than 20 deep", error.Cause);
        Assert.NotNull(CelRun.Refusal(Nested(1000)));
    }

    [Fact]
    public void A_chain_of_conditions_is_not_deep() =>
        Assert.Equal("true", CelRun.Value(string.Join(" || ", Enumerable.Range(0, 300).Select(i => $"output.data == '{i}'")), "299"));

    [Fact]
    public void The_length_of_a_pattern()
    {
        var limits = new CelLimits { MaxPatternLength = 5 };

        Assert.Equal("true", CelRun.Value("'abcdef'.matches('abcde')", limits: limits));
        Assert.Contains("longer than 5 characters", CelRun.Refusal("'abcdef'.matches('abcdef')", limits).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_steps_of_an_evaluation()
    {
        const string Expression = "output.json.a.all(x, x == x)";
        static string List(int count) => $"{{\"a\":[{string.Join(',', Enumerable.Repeat("1", count))}]}}";
        var limits = new CelLimits { MaxSteps = 200 };

        Assert.Equal("true", CelRun.Value(Expression, List(50), limits: limits));
        Assert.Equal(TooManySteps, CelRun.Value(Expression, List(200), limits: limits));
        Assert.Equal(TooManySteps, CelRun.Value($"{Expression} || true", List(200), limits: limits));
        Assert.Equal("true", CelRun.Value(Expression, List(5000)));
    }

    [Fact]
    public void Every_step_count_has_an_edge_where_the_same_expression_passes()
    {
        const string Expression = "[1, 2, 3].map(x, x + size(output.data)).exists(y, y == 5 && output.data.contains('ab'))";
        var passed = Enumerable.Range(0, 200).Select(steps => CelRun.Value(Expression, "abc", limits: new CelLimits { MaxSteps = steps })).ToList();

        var edge = passed.IndexOf("true");
        Assert.InRange(edge, 5, 100);
        Assert.All(passed.Take(edge), value => Assert.Equal(TooManySteps, value));
        Assert.All(passed.Skip(edge), value => Assert.Equal("true", value));
    }

    [Theory]
    [InlineData("size([1, 2, 3].map(x, x)) == 3", 3)]
    [InlineData("size([output.stream, output.data, 'c']) == 3", 3)]
    [InlineData("size(output.json.l) == 3", 3)]
    [InlineData("size({'a': output.data, 'b': 1, 'c': 1}) == 3", 3)]
    [InlineData("size([output.data] + ['c', output.stream]) == 3", 6)]
    [InlineData("size(output.json) == 1", 4)]
    public void The_elements_of_an_evaluation(string expression, int elements)
    {
        const string Line = "{\"l\":[1,2,3]}";
        var least = Enumerable.Range(0, 20).First(count => CelRun.Value(expression.Replace("'c'", "dyn('c')", StringComparison.Ordinal), Line, limits: new CelLimits { MaxElements = count }) == "true");

        Assert.Equal(elements, least);
        Assert.Equal(TooManyElements, CelRun.Value(expression, Line, limits: new CelLimits { MaxElements = least - 1 }));
    }

    [Theory]
    [InlineData("[0,1,2,3,4,5,6,7,8,9].all(a, [0,1,2,3,4,5,6,7,8,9].all(b, [0,1,2,3,4,5,6,7,8,9].all(c, [0,1,2,3,4,5,6,7,8,9].all(d, [0,1,2,3,4,5,6,7,8,9].all(e, [0,1,2,3,4,5,6,7,8,9].all(f, 1 / 0 > 0))))))")]
    [InlineData("['foo', 'bar'].map(x, [x + x, x + x]).map(x, [x + x, x + x]).map(x, [x + x, x + x]).map(x, [x + x, x + x]).map(x, [x + x, x + x]).map(x, x.map(y, output.json.big.map(z, output.json.big))).size() > 0")]
    [InlineData("output.json.big.exists(a, output.json.big.exists(b, output.json.big.exists(c, a == b && b == c && output.json.big == [c])))")]
    [InlineData("output.json.big.map(x, output.data + output.data).size() == 3")]
    [InlineData("output.json.big.all(x, output.data.contains(output.data))")]
    [InlineData("output.json.big.all(x, !output.data.matches('(a|b|ab|ba)*c'))")]
    [InlineData("output.json.big.all(x, output.json == output.json)")]
    [InlineData("output.json.big.all(x, string(output.data) != 'x' && size(bytes(output.data)) > 0)")]
    public void What_grows_without_end_is_stopped(string expression)
    {
        var line = $"{{\"big\":[{string.Join(',', Enumerable.Range(0, 3000))}],\"text\":\"{new string('a', 100_000)}\"}}";
        var start = Stopwatch.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.StartsWith("error: the evaluation ", CelRun.Value(expression, line), StringComparison.Ordinal);

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000_000);
    }

    [Fact]
    public void A_search_that_takes_the_product_of_both_lengths_is_paid_for()
    {
        var text = $"{{\"n\":\"{new string('a', 250_000)}b\",\"h\":\"{new string('a', 500_000)}\"}}";

        Assert.Equal(TooManySteps, CelRun.Value("output.json.h.contains(output.json.n)", text));
        Assert.Equal("true", CelRun.Value("output.json.h.contains('aaaaaaaaaaaaaaaaaaaa')", text));
    }

    [Fact]
    public void Ordinary_filters_are_far_from_the_limits_on_the_longest_lines()
    {
        var line = Encoding.UTF8.GetBytes(new string('x', 1024 * 1024 - 5) + "error");

        Assert.Equal("true", CelRun.Value("output.data.contains('error') && !output.data.contains('debug') && output.data.endsWith('r') && size(output.data) > 10", line));
        Assert.Equal("true", CelRun.Value("output.data.matches('(error|fatal)$')", line));
    }
}
