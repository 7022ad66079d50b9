using Overseer.Core.Expressions.Cel.Evaluation;
using Overseer.Core.Expressions.Cel.Syntax;

namespace Overseer.Core.Expressions.Cel.Checking;

/// <summary>Macros that go through a list or the keys of a map.</summary>
internal sealed partial class CelCompiler
{
    private static bool IsMacro(string name) => name is "all" or "exists" or "exists_one" or "filter" or "map";

    private CelTyped Macro(CelExpr.Call call, CelExpr target, CelScope? scope)
    {
        if (call.Arguments.Count != 2 && (call.Function != "map" || call.Arguments.Count != 3))
        {
            throw source.Error(call.Position, $"{call.Function}() takes a name and an expression: {call.Function}(x, …)");
        }

        if (call.Arguments[0] is not CelExpr.Name { Rooted: false } variable)
        {
            throw source.Error(call.Arguments[0].Position, $"the first argument of {call.Function}() is the name of a variable, as in {call.Function}(x, …)");
        }

        var range = Compile(target, scope);
        var element = range.Type.Kind switch
        {
            CelTypeKind.Dyn => CelType.Dyn,
            CelTypeKind.List => range.Type.Element!,
            CelTypeKind.Map => range.Type.Key!,
            _ => throw source.Error(call.Position, $"{call.Function}() needs a list or a map, not {range.Type}"),
        };
        var slot = scope is null ? 0 : scope.Slot + 1;
        Locals = Math.Max(Locals, slot + 1);
        var inner = new CelScope(variable.Identifier, element, slot, scope);
        if (call.Function == "map")
        {
            var chosen = call.Arguments.Count == 3 ? Condition(call.Arguments[1], inner, "map()") : default;
            var value = Compile(call.Arguments[^1], inner);
            return new(new CollectNode(range.Node, slot, chosen.Node, value.Node), CelType.ListOf(value.Type));
        }

        var predicate = Condition(call.Arguments[1], inner, $"{call.Function}()");
        return call.Function switch
        {
            "all" => CelTyped.Bool(new QuantifierNode(all: true, range.Node, slot, predicate.Node)),
            "exists" => CelTyped.Bool(new QuantifierNode(all: false, range.Node, slot, predicate.Node)),
            "exists_one" => CelTyped.Bool(new ExistsOneNode(range.Node, slot, predicate.Node)),
            _ => new(new CollectNode(range.Node, slot, predicate.Node, null), CelType.ListOf(element)),
        };
    }
}
