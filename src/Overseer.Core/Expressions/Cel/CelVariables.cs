using Overseer.Core.Expressions.Cel.Checking;
using Overseer.Core.Expressions.Cel.Evaluation;

namespace Overseer.Core.Expressions.Cel;

/// <summary>The values that an expression is given, by name. Immutable.</summary>
internal sealed class CelVariables
{
    private readonly Dictionary<string, CelVariable> _byName;
    private readonly Dictionary<string, IReadOnlyList<string>> _members;

    private CelVariables(params CelVariable[] variables)
    {
        _byName = variables.ToDictionary(v => v.Name, StringComparer.Ordinal);
        _members = variables.Select(v => v.Name.Split('.')).Where(parts => parts.Length == 2).GroupBy(parts => parts[0], parts => parts[1], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, IReadOnlyList<string> (group) => [.. group], StringComparer.Ordinal);
        Names = [.. variables.Select(v => v.Name)];
    }

    /// <summary>None.</summary>
    public static CelVariables None { get; } = new();

    /// <summary>What a condition on output sees: <c>output.stream</c>, <c>output.data</c>, <c>output.json</c>.</summary>
    public static CelVariables Output { get; } = new(
        new("output.stream", CelType.Text, new StreamNode()),
        new("output.data", CelType.Text, new InputTextNode()),
        new("output.json", CelType.Json, new InputJsonNode()));

    /// <summary>What the validation of a parameter sees: <c>value</c>.</summary>
    public static CelVariables Parameter { get; } = new(new CelVariable("value", CelType.Text, new InputTextNode()));

    /// <summary>All names, as they are written.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The variable of a name, or null.</summary>
    public CelVariable? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>What may follow a dot after this name; empty when the name is not the first part of any.</summary>
    public IReadOnlyList<string> Members(string name) => _members.GetValueOrDefault(name, []);
}
