using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>A compiled part of an expression. Immutable; all state of an evaluation is in its frame.</summary>
internal abstract class CelNode
{
    /// <summary>The value when it is known before any evaluation.</summary>
    public virtual CelValue? Constant => null;

    /// <summary>Its value.</summary>
    public abstract CelValue Evaluate(CelFrame frame);

    /// <summary>Its value as a condition; of another kind than bool is an error.</summary>
    public virtual CelTruth Test(CelFrame frame)
    {
        var value = Evaluate(frame);
        return value.Kind switch
        {
            CelKind.Bool => value.AsBool ? CelTruth.True : CelTruth.False,
            CelKind.Error => frame.Fail(value.AsError),
            _ => frame.Fail(CelError.NotBool),
        };
    }

    /// <summary>
    /// Its value as a text. The bytes may be raw: searching them for well-formed UTF-8 that holds no U+FFFD finds the same as searching the text, since no decoder takes the
    /// first byte of a character for the rest of a broken one.
    /// </summary>
    public virtual CelTextResult TryRawText(CelFrame frame, out ReadOnlySpan<byte> text)
    {
        var value = Evaluate(frame);
        text = default;
        if (value.Kind == CelKind.Text)
        {
            text = value.Octets.Span;
            return CelTextResult.Text;
        }

        if (!value.IsError) return CelTextResult.Other;
        frame.Error = value.AsError;
        return CelTextResult.Error;
    }
}
