using Overseer.Core.Expressions.Cel.Evaluation;
using Overseer.Core.Expressions.Cel.Syntax;
using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Checking;

/// <summary>Operators.</summary>
internal sealed partial class CelCompiler
{
    private CelTyped Not(CelExpr.Not not, CelScope? scope)
    {
        var operand = Condition(not.Operand, scope, "\"!\"");
        return Fold(new NotNode(operand.Node), CelType.Bool, operand);
    }

    private CelTyped Negate(CelExpr.Negate negate, CelScope? scope)
    {
        var operand = Compile(negate.Operand, scope);
        if (operand.Type.Kind is not (CelTypeKind.Dyn or CelTypeKind.Int or CelTypeKind.Double))
        {
            throw source.Error(negate.Position, $"\"-\" needs an int or a double, not {operand.Type}");
        }

        return Fold(new NegateNode(operand.Node), operand.Type, operand);
    }

    private CelTyped Logic(CelExpr.Logic logic, CelScope? scope)
    {
        var operands = logic.Operands.Select(operand => Condition(operand, scope, logic.And ? "\"&&\"" : "\"||\"")).ToArray();
        return Fold(new LogicNode(logic.And, [.. operands.Select(operand => operand.Node)]), CelType.Bool, operands);
    }

    /// <summary>A part that must yield a bool as far as is known.</summary>
    private CelTyped Condition(CelExpr expression, CelScope? scope, string what)
    {
        var typed = Compile(expression, scope);
        return typed.Type.MayBe(CelTypeKind.Bool) ? typed : throw source.Error(expression.Position, $"{what} needs a bool, not {typed.Type}");
    }

    private CelTyped Conditional(CelExpr.Conditional conditional, CelScope? scope)
    {
        var condition = Condition(conditional.Condition, scope, "\"?\"");
        var then = Compile(conditional.Then, scope);
        var otherwise = Compile(conditional.Otherwise, scope);
        if (!Same(then.Type, otherwise.Type))
        {
            throw source.Error(conditional.Position, $"both values of \"? :\" need one type, not {then.Type} and {otherwise.Type}; dyn() around one of them allows it");
        }

        return Fold(new ConditionalNode(condition.Node, then.Node, otherwise.Node), CelType.Join(then.Type, otherwise.Type), condition, then, otherwise);
    }

    private static bool Same(CelType left, CelType right) => left.IsDyn || right.IsDyn || (left.Kind == right.Kind && CelType.Comparable(left, right));

    private CelTyped Binary(CelExpr.Binary binary, CelScope? scope)
    {
        var left = Compile(binary.Left, scope);
        var right = Compile(binary.Right, scope);
        return binary.Operator switch
        {
            CelOperator.Equal => Equality(binary, left, right),
            CelOperator.NotEqual => Fold(new NotNode(Equality(binary, left, right).Node), CelType.Bool, left, right),
            CelOperator.In => In(binary, left, right),
            CelOperator.Less or CelOperator.LessOrEqual or CelOperator.Greater or CelOperator.GreaterOrEqual => Order(binary, left, right),
            _ => Arithmetic(binary, left, right),
        };
    }

    private CelTyped Equality(CelExpr.Binary binary, CelTyped left, CelTyped right)
    {
        if (!CelType.Comparable(left.Type, right.Type)) throw NoOperator(binary, left, right, "; they are never equal (dyn() around one of them allows to ask)");
        CelNode node = (TextTestNode.Searchable(left.Node), TextTestNode.Searchable(right.Node)) switch
        {
            (null, { } text) => new EqualTextNode(left.Node, text),
            ({ } text, null) => new EqualTextNode(right.Node, text),
            _ => new EqualNode(left.Node, right.Node),
        };
        return Fold(node, CelType.Bool, left, right);
    }

    private CelTyped Order(CelExpr.Binary binary, CelTyped left, CelTyped right)
    {
        var numbers = left.Type.IsNumber && right.Type.IsNumber;
        if (!IsOrdered(left.Type) || !IsOrdered(right.Type) || !(numbers || Same(left.Type, right.Type))) throw NoOperator(binary, left, right);
        return Fold(new OrderNode(binary.Operator, left.Node, right.Node), CelType.Bool, left, right);
    }

    private static bool IsOrdered(CelType type) => type.IsNumber || type.Kind is CelTypeKind.Dyn or CelTypeKind.Bool or CelTypeKind.Text or CelTypeKind.Bytes;

    private CelTyped In(CelExpr.Binary binary, CelTyped left, CelTyped right)
    {
        var fits = right.Type.Kind switch
        {
            CelTypeKind.Dyn => true,
            CelTypeKind.List => CelType.Comparable(left.Type, right.Type.Element!),
            CelTypeKind.Map => CelType.Comparable(left.Type, right.Type.Key!),
            CelTypeKind.Text => throw source.Error(binary.Position, "\"in\" looks into lists and maps; of a string ask .contains()"),
            _ => false,
        };
        return fits ? Fold(new InNode(left.Node, right.Node), CelType.Bool, left, right) : throw NoOperator(binary, left, right);
    }

    private CelTyped Arithmetic(CelExpr.Binary binary, CelTyped left, CelTyped right)
    {
        if (!HasArithmetic(binary.Operator, left.Type) || !HasArithmetic(binary.Operator, right.Type) || !Same(left.Type, right.Type))
        {
            var mixed = left.Type.IsNumber && right.Type.IsNumber && left.Type != right.Type;
            throw NoOperator(binary, left, right, mixed ? "; CEL mixes no types of numbers, convert one of them with int(), uint() or double()" : "");
        }

        var type = left.Type.IsDyn ? right.Type : right.Type.IsDyn ? left.Type : CelType.Join(left.Type, right.Type);
        return Fold(new ArithmeticNode(binary.Operator, left.Node, right.Node), type, left, right);
    }

    private static bool HasArithmetic(CelOperator kind, CelType type) => type.Kind switch
    {
        CelTypeKind.Dyn or CelTypeKind.Int or CelTypeKind.Uint => true,
        CelTypeKind.Double => kind != CelOperator.Remainder,
        CelTypeKind.Text or CelTypeKind.Bytes or CelTypeKind.List => kind == CelOperator.Add,
        _ => false,
    };

    private CelException NoOperator(CelExpr.Binary binary, CelTyped left, CelTyped right, string hint = "") =>
        source.Error(binary.Position, $"there is no {left.Type} {CelArithmetic.Symbol(binary.Operator)} {right.Type}{hint}");
}
