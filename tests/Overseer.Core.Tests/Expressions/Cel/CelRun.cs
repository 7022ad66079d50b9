using System.Text;
using Overseer.Core.Expressions.Cel;
using Overseer.Core.Expressions.Cel.Evaluation;

namespace Overseer.Core.Tests.Expressions.Cel;

/// <summary>Compiles and evaluates, with the variables of an output filter.</summary>
internal static class CelRun
{
    /// <summary>The printed value.</summary>
    public static string Value(string expression, string line = "", bool stderr = false, CelLimits? limits = null) => Value(expression, Encoding.UTF8.GetBytes(line), stderr, limits);

    /// <summary>The printed value for any bytes.</summary>
    public static string Value(string expression, byte[] line, bool stderr = false, CelLimits? limits = null)
    {
        var program = CelProgram.Compile(expression, CelVariables.Output, limits);
        var frame = new CelFrame { Input = line, IsStandardError = stderr };
        var value = CelPrinter.Print(program.Evaluate(frame), frame);

        // Both ways to evaluate say the same.
        var truth = program.Test(frame);
        Assert.Equal(value switch { "true" => CelTruth.True, "false" => CelTruth.False, _ => CelTruth.Error }, truth);
        return value;
    }

    /// <summary>Why an expression is refused.</summary>
    public static CelException Refusal(string expression, CelLimits? limits = null) =>
        Assert.Throws<CelException>(() => CelProgram.Compile(expression, CelVariables.Output, limits));
}
