using Overseer.Core.Tasks;

namespace Overseer.Core.Drivers;

/// <summary>Checks the parameters of a start against what an action declares; for drivers.</summary>
public static class ParameterBinding
{
    /// <summary>What stands in for the value of a secret parameter.</summary>
    public const string Mask = "***";

    /// <summary>Adds the defaults and checks what is there. Undeclared parameters are kept as they are.</summary>
    /// <param name="declared">The action's parameters.</param>
    /// <param name="given">The start's parameters.</param>
    /// <returns>Every parameter with its value.</returns>
    /// <exception cref="PlanException">A required parameter is missing, or a value is none of the allowed ones or fails its validation.</exception>
    public static IReadOnlyDictionary<string, string> Bind(IReadOnlyDictionary<string, ParameterSpec?> declared, IReadOnlyDictionary<string, string> given)
    {
        var bound = new Dictionary<string, string>(given, StringComparer.Ordinal);
        foreach (var (name, spec) in declared)
        {
            if (!bound.TryGetValue(name, out var value))
            {
                value = spec?.Default ?? throw new PlanException($"required parameter {GoQuote.Text(name)} is missing");
                bound.Add(name, value);
            }

            if (spec?.Enum is { } allowed && !allowed.Contains(value, StringComparer.Ordinal))
            {
                throw new PlanException(
                    $"parameter {GoQuote.Text(name)} must be one of {string.Join(", ", allowed.Select(GoQuote.Text))} (value: {Shown(spec, value)})");
            }

            if (spec?.Accepts(value) == false) throw new PlanException($"parameter {GoQuote.Text(name)} failed validation (value: {Shown(spec, value)})");
        }

        return bound;
    }

    private static string Shown(ParameterSpec spec, string value) => GoQuote.Text(spec.Secret ? Mask : value);
}
