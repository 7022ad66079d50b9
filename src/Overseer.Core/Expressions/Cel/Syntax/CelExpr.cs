using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Syntax;

/// <summary>A part of an expression as it was written. A closed hierarchy.</summary>
/// <param name="Position">Where in the text, an offset from 0: the operator's, the member's, else where it begins.</param>
/// <param name="Depth">Levels of nesting, its own included.</param>
internal abstract record CelExpr(int Position, int Depth)
{
    private static int Deepest(IEnumerable<CelExpr> parts) => parts.Select(p => p.Depth).DefaultIfEmpty().Max();

    /// <summary>A constant.</summary>
    public sealed record Literal(int Position, CelValue Value) : CelExpr(Position, 1);

    /// <summary>A name; <paramref name="Rooted"/> when a dot stands before it.</summary>
    public sealed record Name(int Position, string Identifier, bool Rooted) : CelExpr(Position, 1);

    /// <summary><c>operand.field</c>.</summary>
    public sealed record Select(int Position, CelExpr Operand, string Field) : CelExpr(Position, Operand.Depth + 1);

    /// <summary><c>operand[key]</c>.</summary>
    public sealed record Index(int Position, CelExpr Operand, CelExpr Key) : CelExpr(Position, Math.Max(Operand.Depth, Key.Depth) + 1);

    /// <summary><c>function(arguments)</c> or <c>target.function(arguments)</c>; macros too.</summary>
    public sealed record Call(int Position, CelExpr? Target, string Function, IReadOnlyList<CelExpr> Arguments)
        : CelExpr(Position, Math.Max(Target?.Depth ?? 0, Deepest(Arguments)) + 1);

    /// <summary><c>!operand</c>.</summary>
    public sealed record Not(int Position, CelExpr Operand) : CelExpr(Position, Operand.Depth + 1);

    /// <summary><c>-operand</c>.</summary>
    public sealed record Negate(int Position, CelExpr Operand) : CelExpr(Position, Operand.Depth + 1);

    /// <summary>Two operands.</summary>
    public sealed record Binary(int Position, CelOperator Operator, CelExpr Left, CelExpr Right) : CelExpr(Position, Math.Max(Left.Depth, Right.Depth) + 1);

    /// <summary>A chain of <c>&amp;&amp;</c> or of <c>||</c>.</summary>
    public sealed record Logic(int Position, bool And, IReadOnlyList<CelExpr> Operands) : CelExpr(Position, Deepest(Operands) + 1);

    /// <summary><c>condition ? then : otherwise</c>.</summary>
    public sealed record Conditional(int Position, CelExpr Condition, CelExpr Then, CelExpr Otherwise)
        : CelExpr(Position, Math.Max(Condition.Depth, Math.Max(Then.Depth, Otherwise.Depth)) + 1);

    /// <summary><c>[a, b]</c>.</summary>
    public sealed record List(int Position, IReadOnlyList<CelExpr> Items) : CelExpr(Position, Deepest(Items) + 1);

    /// <summary><c>{a: b}</c>.</summary>
    public sealed record Map(int Position, IReadOnlyList<(CelExpr Key, CelExpr Value)> Entries)
        : CelExpr(Position, Deepest(Entries.SelectMany(e => new[] { e.Key, e.Value })) + 1);
}
