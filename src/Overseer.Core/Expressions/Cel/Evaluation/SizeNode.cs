using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>size(operand)</c>: characters of a text, octets of bytes, elements of a list, entries of a map.</summary>
internal sealed class SizeNode(CelNode operand) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame)
    {
        var value = operand.Evaluate(frame);
        if (!frame.SpendBytes(value.Octets.Length)) return frame.Spent;
        return value.Kind switch
        {
            CelKind.Error => value,
            CelKind.Text => CelValue.Int(Characters(value.Octets.Span)),
            CelKind.Bytes => CelValue.Int(value.Octets.Length),
            CelKind.List => CelValue.Int(value.Elements.Length),
            CelKind.Map => CelValue.Int(value.AsMap.Entries(frame).Count),
            _ => CelValue.Error(CelError.NoOverload("size()", value.Kind)),
        };
    }

    /// <summary>Bytes of well-formed UTF-8 that begin a character: all but 10xxxxxx.</summary>
    private static int Characters(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var octet in utf8) count += (octet & 0xC0) == 0x80 ? 0 : 1;
        return count;
    }
}
