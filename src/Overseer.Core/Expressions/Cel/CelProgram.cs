using Overseer.Core.Expressions.Cel.Checking;
using Overseer.Core.Expressions.Cel.Evaluation;
using Overseer.Core.Expressions.Cel.Syntax;
using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel;

/// <summary>
/// A compiled expression of the subset of CEL that <c>docs/expressions.md</c> describes. Immutable; may be used from any thread. Evaluation never throws, has no effects, and is
/// bounded by <see cref="CelLimits"/>.
/// </summary>
internal sealed class CelProgram
{
    private readonly CelNode _root;
    private readonly CelLimits _limits;
    private readonly int _locals;

    private CelProgram(string text, CelTyped root, int locals, CelLimits limits)
    {
        Text = text;
        Type = root.Type;
        _root = root.Node;
        _locals = locals;
        _limits = limits;
    }

    /// <summary>The expression as written.</summary>
    public string Text { get; }

    /// <summary>What is known of the result's type.</summary>
    public CelType Type { get; }

    /// <summary>Compiles an expression of any type.</summary>
    /// <exception cref="CelException">It is wrong, or beyond a limit.</exception>
    public static CelProgram Compile(string text, CelVariables variables, CelLimits? limits = null)
    {
        limits ??= CelLimits.Default;
        var source = new CelSource(text);
        if (text.Length > limits.MaxLength) throw source.Error(limits.MaxLength, $"the expression is longer than {limits.MaxLength} characters");
        var expression = new CelParser(source, new CelLexer(source).Run(), limits.MaxDepth).Run();
        var compiler = new CelCompiler(source, variables, limits);
        return new CelProgram(text, compiler.Compile(expression), compiler.Locals, limits);
    }

    /// <summary>Compiles an expression that must yield a bool: one of which it is known that it does not is refused.</summary>
    /// <exception cref="CelException">It is wrong, beyond a limit, or no condition.</exception>
    public static CelProgram CompileCondition(string text, CelVariables variables, CelLimits? limits = null)
    {
        var program = Compile(text, variables, limits);
        return program.Type.MayBe(CelTypeKind.Bool) ? program : throw new CelSource(text).Error(Start(text), $"a condition must yield bool; this yields {program.Type}");
    }

    /// <summary>The result, or an error.</summary>
    /// <param name="frame">Has the input. The result may refer to it, so the frame must not be used for another evaluation before the result has been looked at.</param>
    public CelValue Evaluate(CelFrame frame)
    {
        frame.Begin(_limits, _locals);
        var value = _root.Evaluate(frame);
        return frame.Limit is null ? value : frame.Spent;
    }

    /// <summary>Whether the condition holds; why there is no answer is in the frame.</summary>
    public CelTruth Test(CelFrame frame)
    {
        frame.Begin(_limits, _locals);
        var truth = _root.Test(frame);
        return frame.Limit is null ? truth : frame.Fail(frame.Limit);
    }

    private static int Start(string text) => text.Length - text.AsSpan().TrimStart().Length;
}
