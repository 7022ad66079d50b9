using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>{a: b}</c>.</summary>
internal sealed class MapNode((CelNode Key, CelNode Value)[] items) : CelNode
{
    private static readonly CelError BadKey = new("a key must be an int, a uint, a bool or a string");
    private static readonly CelError Twice = new("a key is there twice");

    /// <inheritdoc/>
    public override CelValue Evaluate(CelFrame frame)
    {
        if (!frame.TakeElements(items.Length)) return frame.Spent;
        var entries = new List<KeyValuePair<CelValue, CelValue>>(items.Length);
        var table = new CelTable(entries);
        foreach (var item in items)
        {
            var key = item.Key.Evaluate(frame);
            if (key.IsError) return key;
            if (key.Kind is not (CelKind.Int or CelKind.Uint or CelKind.Bool or CelKind.Text)) return CelValue.Error(BadKey);
            if (table.TryGet(key, frame, out _)) return CelValue.Error(Twice);
            var value = item.Value.Evaluate(frame);
            if (value.IsError) return value;
            entries.Add(new(key, value));
        }

        return CelValue.Map(table);
    }
}
