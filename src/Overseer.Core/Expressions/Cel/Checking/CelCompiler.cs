using Overseer.Core.Configuration;
using Overseer.Core.Expressions.Cel.Evaluation;
using Overseer.Core.Expressions.Cel.Syntax;
using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Checking;

/// <summary>
/// Checks an expression and compiles it in one pass: names are resolved, overloads that cannot exist are refused, macros become loops, constants are computed. What depends on
/// values of type <c>dyn</c> is left to the evaluation.
/// </summary>
internal sealed partial class CelCompiler(CelSource source, CelVariables variables, CelLimits limits)
{
    /// <summary>How many variables of macros are alive at once.</summary>
    public int Locals { get; private set; }

    /// <summary>Compiles a part.</summary>
    /// <param name="expression">The part.</param>
    /// <param name="scope">The variables of the macros around it.</param>
    /// <exception cref="CelException">It is wrong.</exception>
    public CelTyped Compile(CelExpr expression, CelScope? scope = null) => expression switch
    {
        CelExpr.Literal literal => new(new LiteralNode(literal.Value), CelType.Of(literal.Value.Kind)),
        CelExpr.Name name => Name(name, scope),
        CelExpr.Select select => Select(select, scope),
        CelExpr.Index index => Index(index, scope),
        CelExpr.Call call => Call(call, scope),
        CelExpr.Not not => Not(not, scope),
        CelExpr.Negate negate => Negate(negate, scope),
        CelExpr.Binary binary => Binary(binary, scope),
        CelExpr.Logic logic => Logic(logic, scope),
        CelExpr.Conditional conditional => Conditional(conditional, scope),
        CelExpr.List list => List(list, scope),
        CelExpr.Map map => Map(map, scope),
        _ => throw new ArgumentOutOfRangeException(nameof(expression)),
    };

    /// <summary>Computes what does not depend on the input. What fails is left to fail at each evaluation, as CEL says.</summary>
    private CelTyped Fold(CelNode node, CelType type, params ReadOnlySpan<CelTyped> operands)
    {
        foreach (var operand in operands)
        {
            if (operand.Node.Constant is null) return new(node, type);
        }

        var frame = new CelFrame();
        frame.Begin(limits, 0);
        var value = node.Evaluate(frame);
        return value.IsError || frame.Limit is not null ? new(node, type) : new(new LiteralNode(value), type);
    }

    private CelTyped Name(CelExpr.Name name, CelScope? scope)
    {
        if (!name.Rooted && CelScope.Find(scope, name.Identifier) is { } local) return new(new LocalNode(local.Slot), local.Type);
        if (variables.Find(name.Identifier) is { } variable) return new(variable.Node, variable.Type);
        if (CelTypeNames.All.Contains(name.Identifier, StringComparer.Ordinal)) return new(new LiteralNode(CelValue.Type(name.Identifier)), CelType.Type);
        var members = variables.Members(name.Identifier);
        throw source.Error(name.Position, members.Count > 0 ? $"\"{name.Identifier}\" is no value; its members are {string.Join(", ", members)}" : Unknown(name.Identifier));
    }

    private string Unknown(string name)
    {
        var near = NearestKey.Find(name, variables.Names);
        return $"\"{name}\" is not known; known are {string.Join(", ", variables.Names)}{(near is null ? "" : $" (did you mean {near}?)")}";
    }

    private CelTyped Select(CelExpr.Select select, CelScope? scope)
    {
        if (Qualified(select.Operand, select.Field, scope) is { } variable) return variable;
        if (Namespace(select.Operand, scope) is { } space)
        {
            var members = variables.Members(space);
            var near = NearestKey.Find(select.Field, members);
            throw source.Error(select.Position, $"{space} has no member \"{select.Field}\"; its members are {string.Join(", ", members)}{(near is null ? "" : $" (did you mean {near}?)")}");
        }

        var operand = Compile(select.Operand, scope);
        return new(new SelectNode(operand.Node, select.Field), Member(select, operand.Type));
    }

    /// <summary>The type of a map's member; a type that has none is refused.</summary>
    private CelType Member(CelExpr.Select select, CelType type)
    {
        if (type.IsDyn) return CelType.Dyn;
        if (type.Kind == CelTypeKind.Map && CelType.Comparable(type.Key!, CelType.Text)) return type.Element!;
        throw source.Error(select.Position, $"{type} has no members, so no .{select.Field}");
    }

    /// <summary>The variable with a name in two parts, if that is what is meant.</summary>
    private CelTyped? Qualified(CelExpr operand, string member, CelScope? scope) =>
        Namespace(operand, scope) is { } space && variables.Find($"{space}.{member}") is { } variable ? new CelTyped(variable.Node, variable.Type) : null;

    private string? Namespace(CelExpr operand, CelScope? scope) =>
        operand is CelExpr.Name name && (name.Rooted || CelScope.Find(scope, name.Identifier) is null) && variables.Members(name.Identifier).Count > 0 ? name.Identifier : null;

    private CelTyped Index(CelExpr.Index index, CelScope? scope)
    {
        if (index.Key is CelExpr.Literal { Value.Kind: CelKind.Text } member && Qualified(index.Operand, member.Value.ToString(), scope) is { } variable) return variable;
        var operand = Compile(index.Operand, scope);
        var key = Compile(index.Key, scope);
        var node = new IndexNode(operand.Node, key.Node);
        switch (operand.Type.Kind)
        {
            case CelTypeKind.Dyn: return Fold(node, CelType.Dyn, operand, key);
            case CelTypeKind.List when key.Type.MayBe(CelTypeKind.Int): return Fold(node, operand.Type.Element!, operand, key);
            case CelTypeKind.Map when CelType.Comparable(operand.Type.Key!, key.Type): return Fold(node, operand.Type.Element!, operand, key);
            case CelTypeKind.List: throw source.Error(index.Position, $"the index of a list is an int, not {key.Type}");
            case CelTypeKind.Map: throw source.Error(index.Position, $"a key of {operand.Type} is {operand.Type.Key}, not {key.Type}");
            default: throw source.Error(index.Position, $"{operand.Type} has no elements");
        }
    }

    private CelTyped List(CelExpr.List list, CelScope? scope)
    {
        var items = list.Items.Select(item => Compile(item, scope)).ToArray();
        var element = items.Length == 0 ? CelType.Dyn : items.Select(item => item.Type).Aggregate(CelType.Join);
        return Fold(new ListNode([.. items.Select(item => item.Node)]), CelType.ListOf(element), items);
    }

    private CelTyped Map(CelExpr.Map map, CelScope? scope)
    {
        var keys = map.Entries.Select(entry => Key(entry.Key, scope)).ToArray();
        var values = map.Entries.Select(entry => Compile(entry.Value, scope)).ToArray();
        var type = keys.Length == 0
            ? CelType.MapOf(CelType.Dyn, CelType.Dyn)
            : CelType.MapOf(keys.Select(k => k.Type).Aggregate(CelType.Join), values.Select(v => v.Type).Aggregate(CelType.Join));
        return Fold(new MapNode([.. keys.Zip(values, (k, v) => (k.Node, v.Node))]), type, [.. keys, .. values]);
    }

    private CelTyped Key(CelExpr key, CelScope? scope)
    {
        var typed = Compile(key, scope);
        if (typed.Type.Kind is CelTypeKind.Dyn or CelTypeKind.Int or CelTypeKind.Uint or CelTypeKind.Bool or CelTypeKind.Text) return typed;
        throw source.Error(key.Position, $"a key of a map is an int, a uint, a bool or a string, not {typed.Type}");
    }
}
