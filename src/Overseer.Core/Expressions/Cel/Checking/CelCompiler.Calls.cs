using Overseer.Core.Configuration;
using Overseer.Core.Expressions.Cel.Evaluation;
using Overseer.Core.Expressions.Cel.Syntax;
using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Checking;

/// <summary>Functions.</summary>
internal sealed partial class CelCompiler
{
    private static readonly string[] Functions = ["has", "size", "matches", "int", "uint", "double", "string", "bool", "bytes", "type", "dyn"];
    private static readonly string[] Methods = ["contains", "startsWith", "endsWith", "matches", "size", "all", "exists", "exists_one", "filter", "map"];

    /// <summary>Functions of CEL that are not in the subset.</summary>
    private static readonly string[] Left =
    [
        "timestamp", "duration", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear", "getHours", "getMilliseconds", "getMinutes", "getMonth", "getSeconds",
    ];

    private CelTyped Call(CelExpr.Call call, CelScope? scope)
    {
        if (call.Target is null && call.Function == "has") return Has(call, scope);
        if (call.Target is not null && IsMacro(call.Function)) return Macro(call, call.Target, scope);
        switch (call.Function, call.Target is not null)
        {
            case ("size", _): return Size(Operand(call, scope, call.Target is null ? 1 : 0), call);
            case ("contains", true): return TextTest(CelTextTest.Contains, call, scope);
            case ("startsWith", true): return TextTest(CelTextTest.StartsWith, call, scope);
            case ("endsWith", true): return TextTest(CelTextTest.EndsWith, call, scope);
            case ("matches", _): return Matches(call, scope);
            case ("dyn", false): return Operand(call, scope, 1) with { Type = CelType.Dyn };
            case (_, false) when CelConversion.Names.Contains(call.Function, StringComparer.Ordinal): return Convert(call, scope);
            default: throw NoFunction(call);
        }
    }

    private CelException NoFunction(CelExpr.Call call)
    {
        var known = call.Target is null ? Functions : Methods;
        var other = call.Target is null ? Methods : Functions;
        if (Left.Contains(call.Function, StringComparer.Ordinal)) return source.Error(call.Position, $"{call.Function}() is CEL, but times and durations are not part of the subset");
        if (other.Contains(call.Function, StringComparer.Ordinal))
        {
            return source.Error(call.Position, call.Target is null ? $"{call.Function}() is written VALUE.{call.Function}(…)" : $"{call.Function}() is written {call.Function}(VALUE)");
        }

        var near = NearestKey.Find(call.Function, known);
        return source.Error(call.Position, $"there is no function \"{call.Function}\"; known here are {string.Join(", ", known)}{(near is null ? "" : $" (did you mean {near}?)")}");
    }

    private void Count(CelExpr.Call call, int arguments)
    {
        if (call.Arguments.Count == arguments) return;
        throw source.Error(call.Position, $"{call.Function}() takes {arguments} argument{(arguments == 1 ? "" : "s")} here, not {call.Arguments.Count}");
    }

    /// <summary>What the function is applied to: its target, or its first argument.</summary>
    private CelTyped Operand(CelExpr.Call call, CelScope? scope, int arguments)
    {
        Count(call, arguments);
        return Compile(call.Target ?? call.Arguments[0], scope);
    }

    private CelTyped Has(CelExpr.Call call, CelScope? scope)
    {
        Count(call, 1);
        if (call.Arguments[0] is not CelExpr.Select select) throw source.Error(call.Arguments[0].Position, "has() needs a member: has(VALUE.name)");
        if (Namespace(select.Operand, scope) is not null)
        {
            Select(select, scope);
            return CelTyped.Bool(new LiteralNode(CelValue.True));
        }

        var operand = Compile(select.Operand, scope);
        Member(select, operand.Type);
        return Fold(new HasNode(operand.Node, select.Field), CelType.Bool, operand);
    }

    private CelTyped Size(CelTyped operand, CelExpr.Call call)
    {
        if (operand.Type.Kind is not (CelTypeKind.Dyn or CelTypeKind.Text or CelTypeKind.Bytes or CelTypeKind.List or CelTypeKind.Map))
        {
            throw source.Error(call.Position, $"size() needs a string, bytes, a list or a map, not {operand.Type}");
        }

        return Fold(new SizeNode(operand.Node), CelType.Int, operand);
    }

    private CelTyped TextTest(CelTextTest test, CelExpr.Call call, CelScope? scope)
    {
        Count(call, 1);
        var text = TextOperand(call, call.Target!, scope);
        var part = TextOperand(call, call.Arguments[0], scope);
        return Fold(new TextTestNode(test, text.Node, part.Node), CelType.Bool, text, part);
    }

    private CelTyped TextOperand(CelExpr.Call call, CelExpr expression, CelScope? scope)
    {
        var typed = Compile(expression, scope);
        return typed.Type.MayBe(CelTypeKind.Text) ? typed : throw source.Error(expression.Position, $"{call.Function}() needs a string, not {typed.Type}");
    }

    private CelTyped Matches(CelExpr.Call call, CelScope? scope)
    {
        Count(call, call.Target is null ? 2 : 1);
        var text = TextOperand(call, call.Target ?? call.Arguments[0], scope);
        var written = call.Arguments[^1];
        var pattern = TextOperand(call, written, scope);
        if (pattern.Node.Constant is not { Kind: CelKind.Text } constant)
        {
            throw source.Error(written.Position, "the pattern of matches() must be a constant text: it is compiled once, when the expression is loaded");
        }

        var regex = Re2Pattern.Compile(constant.ToString(), limits.MaxPatternLength, out var weight, out var problem) ?? throw source.Error(written.Position, $"the pattern of matches() is refused: {problem}");
        return Fold(new MatchesNode(text.Node, regex, weight), CelType.Bool, text);
    }

    private CelTyped Convert(CelExpr.Call call, CelScope? scope)
    {
        var operand = Operand(call, scope, 1);
        if (!operand.Type.IsDyn && !CelConversion.Takes(call.Function, operand.Type.Runtime)) throw source.Error(call.Position, $"there is no {call.Function}() of {operand.Type}");
        var type = call.Function switch
        {
            "int" => CelType.Int,
            "uint" => CelType.Uint,
            "double" => CelType.Double,
            "string" => CelType.Text,
            "bool" => CelType.Bool,
            "bytes" => CelType.Bytes,
            _ => CelType.Type,
        };
        return Fold(new ConvertNode(call.Function, operand.Node), type, operand);
    }
}
