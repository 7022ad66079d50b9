using System.Text;
using Overseer.Core.Expressions.Cel;
using Overseer.Core.Expressions.Cel.Evaluation;

namespace Overseer.Core.Drivers;

/// <summary>The compiled condition of a parameter. Immutable; two are equal when their conditions are written alike.</summary>
internal sealed class ParameterCheck(string condition) : IEquatable<ParameterCheck>
{
    private readonly CelProgram _program = CelProgram.CompileCondition(condition, CelVariables.Parameter);

    /// <summary>As written.</summary>
    public string Condition => condition;

    /// <summary>Whether it yields true.</summary>
    public bool Passes(string value)
    {
        var frame = CelFrame.OfThisThread;
        frame.Input = Encoding.UTF8.GetBytes(value);
        try
        {
            return _program.Test(frame) == CelTruth.True;
        }
        finally
        {
            frame.End();
        }
    }

    /// <inheritdoc/>
    public bool Equals(ParameterCheck? other) => other is not null && other.Condition == condition;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParameterCheck);

    /// <inheritdoc/>
    public override int GetHashCode() => condition.GetHashCode(StringComparison.Ordinal);
}
