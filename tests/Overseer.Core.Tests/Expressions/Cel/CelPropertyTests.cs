using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Overseer.Core.Expressions.Cel;
using Overseer.Core.Expressions.Cel.Evaluation;
using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Tests.Expressions.Cel;

/// <summary>No input makes the compiler fail otherwise than it says, and every evaluation ends.</summary>
public sealed class CelPropertyTests
{
    private static readonly string[] Atoms =
    [
        "1", "0", "-1", "2u", "1.5", "'a'", "''", "b'\\xff'", "true", "false", "null", "[]", "[1, 2, 3]", "['a', 'b']", "{}", "{'a': 1, 'b': [2]}", "output.data", "output.stream",
        "output.json", "output.json.a", "output.json.l", "x", "y", "int", "9223372036854775807", "18446744073709551615u", "1e308", "dyn(1)", "dyn('a')", "dyn([])",
    ];

    private static readonly string[] Shapes =
    [
        "({0} + {1})", "({0} - {1})", "({0} * {1})", "({0} / {1})", "({0} % {1})", "({0} == {1})", "({0} != {1})", "({0} < {1})", "({0} >= {1})", "({0} in {1})", "({0} && {1})",
        "({0} || {1})", "!{0}", "-{0}", "({0} ? {1} : {0})", "[{0}, {1}]", "{{{0}: {1}}}", "{0}.a", "{0}[{1}]", "has({0}.a)", "size({0})", "{0}.contains({1})", "{0}.startsWith({1})",
        "{0}.matches('a+')", "int({0})", "uint({0})", "double({0})", "string({0})", "bool({0})", "bytes({0})", "type({0})", "dyn({0})", "{0}.all(x, {1})", "{0}.exists(y, {1})",
        "{0}.exists_one(x, {1})", "{0}.filter(y, {1})", "{0}.map(x, {1})", "{0}.map(x, {1}, x)",
    ];

    private static Gen<string> Expressions => Gen.Sized(size => Expression(Math.Min(size, 40)));

    [Fact]
    public void Any_expression_is_refused_with_a_place_or_evaluates_the_same_twice()
    {
        byte[][] lines = [[], "plain"u8.ToArray(), [0xff, (byte)'a', 0xe2, 0x82], "{\"a\":\"a\",\"l\":[1,\"a\",{\"a\":null}]}"u8.ToArray()];
        var evaluated = 0;
        Prop.ForAll(Expressions.ToArbitrary(), text =>
        {
            if (TryCompile(text) is not { } program) return;
            evaluated++;
            foreach (var line in lines)
            {
                var frame = new CelFrame { Input = line };
                var first = CelPrinter.Print(program.Evaluate(frame), frame);
                var truth = program.Test(frame);
                Assert.Equal(first, CelPrinter.Print(program.Evaluate(frame), frame));
                Assert.Equal(first is "true" ? CelTruth.True : first is "false" ? CelTruth.False : CelTruth.Error, truth);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(4000).WithEndSize(40));
        Assert.True(evaluated > 300, $"only {evaluated} expressions compiled");
    }

    [Fact]
    public void The_type_that_the_checker_says_is_the_type_of_the_value()
    {
        Prop.ForAll(Expressions.ToArbitrary(), text =>
        {
            if (TryCompile(text) is not { } program) return;
            var value = program.Evaluate(new CelFrame { Input = "{\"a\":\"a\",\"l\":[1]}"u8.ToArray() });
            if (!value.IsError && !program.Type.IsDyn) Assert.Equal(program.Type.Runtime, value.Kind);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(4000).WithEndSize(40));
    }

    [Fact]
    public void No_text_can_make_the_compiler_fail_otherwise()
    {
        const string Alphabet = "()[]{}.,:?!+-*/%<>=&|'\"\\ \n\trbRBxuU019eE_aoin";
        string[] words = ["output", "data", "json", "in", "true", "null", "has", "all", "matches", "'''", "\"\"\"", "0x", "&&", "||", "\\u", "\ud800", "ä", "😀", "\0"];
        var piece = Gen.OneOf(Gen.Elements(Alphabet.ToCharArray()).Select(c => c.ToString()), Gen.Elements(words));
        Prop.ForAll(piece.ListOf().Select(string.Concat).ToArbitrary(), text =>
        {
            TryCompile(text);
            TryCompile($"output.data.matches({CelPrinter.Quote(text)})");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(4000).WithEndSize(60));
    }

    [Fact]
    public void Printed_constants_read_back_as_the_same()
    {
        var texts = ArbMap.Default.GeneratorFor<string?>().Select(t => CelValue.Text(t ?? ""));
        var simple = Gen.OneOf(
            Gen.Constant(CelValue.Null),
            ArbMap.Default.GeneratorFor<bool>().Select(CelValue.Bool),
            ArbMap.Default.GeneratorFor<DoNotSize<long>>().Select(n => CelValue.Int(n.Item)),
            ArbMap.Default.GeneratorFor<DoNotSize<ulong>>().Select(n => CelValue.Uint(n.Item)),
            ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite).Select(CelValue.Double),
            texts,
            ArbMap.Default.GeneratorFor<byte[]>().Select(octets => CelValue.Bytes(octets)));
        var lists = simple.ListOf().Select(items => CelValue.List([.. items]));
        Prop.ForAll(Gen.OneOf(simple, lists).ToArbitrary(), value =>
        {
            var frame = new CelFrame();
            var printed = CelPrinter.Print(value, frame);
            var read = CelProgram.Compile(printed, CelVariables.None).Evaluate(frame);
            Assert.Equal(printed, CelPrinter.Print(read, frame));
            Assert.Equal(value.Kind, read.Kind);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Arithmetic_is_that_of_unbounded_numbers_or_an_overflow()
    {
        var edges = Gen.OneOf(Gen.Elements(long.MinValue, long.MinValue + 1, -1, 0, 1, long.MaxValue, 3037000500), ArbMap.Default.GeneratorFor<DoNotSize<long>>().Select(n => n.Item));
        Prop.ForAll(edges.ToArbitrary(), edges.ToArbitrary(), (a, b) =>
        {
            foreach (var (sign, exact) in new (string, Int128?)[]
            {
                ("+", (Int128)a + b), ("-", (Int128)a - b), ("*", (Int128)a * b), ("/", b == 0 ? null : (Int128)a / b), ("%", b == 0 || (a == long.MinValue && b == -1) ? null : (Int128)a % b),
            })
            {
                var fits = exact is { } value && value >= long.MinValue && value <= long.MaxValue;
                var result = CelRun.Value($"({Int(a)}) {sign} ({Int(b)})");
                if (fits) Assert.Equal(exact!.Value.ToString(CultureInfo.InvariantCulture), result);
                else Assert.StartsWith("error: ", result, StringComparison.Ordinal);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Doubles_are_written_so_that_they_read_back()
    {
        Prop.ForAll(ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite).ToArbitrary(), value =>
        {
            var text = GoDouble.Format(value);
            Assert.Equal(value, double.Parse(text, CultureInfo.InvariantCulture));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    private static CelProgram? TryCompile(string text)
    {
        try
        {
            return CelProgram.Compile(text, CelVariables.Output);
        }
        catch (CelException e)
        {
            Assert.InRange(e.Column, 1, text.Length + 1);
            Assert.NotEmpty(e.Cause);
            return null;
        }
    }

    private static string Int(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static Gen<string> Expression(int size)
    {
        if (size <= 1) return Gen.Elements(Atoms);
        var part = Expression(size / 2);
        var compound = from shape in Gen.Elements(Shapes) from left in part from right in part select string.Format(CultureInfo.InvariantCulture, shape, left, right);
        return Gen.Frequency((1, Gen.Elements(Atoms)), (4, compound));
    }
}
