using Overseer.Core.Expressions.Cel.Evaluation;
using Overseer.Core.Expressions.Cel.Syntax;

namespace Overseer.Core.Expressions.Cel.Values;

/// <summary>CEL's arithmetic: both operands are of the same type, what does not fit is an error.</summary>
internal static class CelArithmetic
{
    /// <summary>The result, or an error.</summary>
    public static CelValue Apply(CelOperator kind, in CelValue left, in CelValue right, CelFrame frame)
    {
        if (left.Kind == right.Kind)
        {
            switch (left.Kind)
            {
                case CelKind.Int: return Apply(kind, left.AsInt, right.AsInt);
                case CelKind.Uint: return Apply(kind, left.AsUint, right.AsUint);
                case CelKind.Double when kind != CelOperator.Remainder: return CelValue.Double(Apply(kind, left.AsDouble, right.AsDouble));
                case CelKind.Text when kind == CelOperator.Add: return Join(left, right, frame) is { } text ? CelValue.Text(text) : frame.Spent;
                case CelKind.Bytes when kind == CelOperator.Add: return Join(left, right, frame) is { } bytes ? CelValue.Bytes(bytes) : frame.Spent;
                case CelKind.List when kind == CelOperator.Add: return Lists(left, right, frame);
            }
        }

        return CelValue.Error(CelError.NoOverload(Symbol(kind), left.Kind, right.Kind));
    }

    /// <summary><c>-value</c>.</summary>
    public static CelValue Negate(in CelValue value) => value.Kind switch
    {
        CelKind.Int => value.AsInt == long.MinValue ? CelValue.Error(CelError.Overflow) : CelValue.Int(-value.AsInt),
        CelKind.Double => CelValue.Double(-value.AsDouble),
        _ => CelValue.Error(CelError.NoOverload("-", value.Kind)),
    };

    /// <summary>How the operator is written.</summary>
    public static string Symbol(CelOperator kind) => kind switch
    {
        CelOperator.Add => "+",
        CelOperator.Subtract => "-",
        CelOperator.Multiply => "*",
        CelOperator.Divide => "/",
        CelOperator.Remainder => "%",
        CelOperator.Equal => "==",
        CelOperator.NotEqual => "!=",
        CelOperator.Less => "<",
        CelOperator.LessOrEqual => "<=",
        CelOperator.Greater => ">",
        CelOperator.GreaterOrEqual => ">=",
        _ => "in",
    };

    private static CelValue Apply(CelOperator kind, long left, long right)
    {
        if (right == 0 && kind is CelOperator.Divide or CelOperator.Remainder) return ByZero(kind);
        if (left == long.MinValue && right == -1 && kind is CelOperator.Divide or CelOperator.Remainder) return CelValue.Error(CelError.Overflow);
        var wide = kind switch
        {
            CelOperator.Add => (Int128)left + right,
            CelOperator.Subtract => (Int128)left - right,
            CelOperator.Multiply => (Int128)left * right,
            CelOperator.Divide => left / right,
            _ => left % right,
        };
        return wide < long.MinValue || wide > long.MaxValue ? CelValue.Error(CelError.Overflow) : CelValue.Int((long)wide);
    }

    private static CelValue Apply(CelOperator kind, ulong left, ulong right)
    {
        if (right == 0 && kind is CelOperator.Divide or CelOperator.Remainder) return ByZero(kind);
        if (left < right && kind == CelOperator.Subtract) return CelValue.Error(CelError.Overflow);
        var wide = kind switch
        {
            CelOperator.Add => (UInt128)left + right,
            CelOperator.Subtract => left - right,
            CelOperator.Multiply => (UInt128)left * right,
            CelOperator.Divide => left / right,
            _ => left % right,
        };
        return wide > ulong.MaxValue ? CelValue.Error(CelError.Overflow) : CelValue.Uint((ulong)wide);
    }

    private static double Apply(CelOperator kind, double left, double right) => kind switch
    {
        CelOperator.Add => left + right,
        CelOperator.Subtract => left - right,
        CelOperator.Multiply => left * right,
        _ => left / right,
    };

    private static CelValue ByZero(CelOperator kind) => CelValue.Error(kind == CelOperator.Divide ? CelError.DivideByZero : CelError.ModulusByZero);

    /// <summary>Null when it is more than the evaluation may copy.</summary>
    private static byte[]? Join(in CelValue left, in CelValue right, CelFrame frame)
    {
        var length = (long)left.Octets.Length + right.Octets.Length;
        if (!frame.Spend(1 + (length / 16))) return null;
        var joined = new byte[length];
        left.Octets.Span.CopyTo(joined);
        right.Octets.Span.CopyTo(joined.AsSpan(left.Octets.Length));
        return joined;
    }

    private static CelValue Lists(in CelValue left, in CelValue right, CelFrame frame)
    {
        var first = left.Elements;
        var second = right.Elements;
        if (!frame.TakeElements(first.Length + second.Length)) return frame.Spent;
        return CelValue.List([.. first, .. second]);
    }
}
