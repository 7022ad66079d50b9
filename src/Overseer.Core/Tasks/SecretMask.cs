using Overseer.Core.Drivers;

namespace Overseer.Core.Tasks;

/// <summary>
/// Hides the values of secret parameters in whatever is shown of a task. It looks for the values themselves, because a driver may put them anywhere: into
/// the middle of an argument, or into an error.
/// </summary>
internal sealed class SecretMask
{
    private readonly string[] _values;
    private readonly IReadOnlyDictionary<string, ParameterSpec?> _declared;

    private SecretMask(IReadOnlyDictionary<string, ParameterSpec?> declared, string[] values)
    {
        _declared = declared;
        _values = values;
    }

    /// <summary>Hides nothing.</summary>
    public static SecretMask Nothing { get; } = new(new Dictionary<string, ParameterSpec?>(StringComparer.Ordinal), []);

    /// <summary>
    /// Makes the mask for parameters of an action that is not configured any more: which of them are secret is not known, so all are taken to be.
    /// </summary>
    public static SecretMask ForUnknownAction(IReadOnlyDictionary<string, string>? given)
    {
        var declared = new Dictionary<string, ParameterSpec?>(StringComparer.Ordinal);
        foreach (var name in given?.Keys ?? []) declared[name] = new ParameterSpec { Secret = true };
        return For(declared, given);
    }

    /// <summary>Makes the mask for one start.</summary>
    public static SecretMask For(IReadOnlyDictionary<string, ParameterSpec?> declared, IReadOnlyDictionary<string, string>? given)
    {
        List<string>? values = null;
        foreach (var (name, spec) in declared)
        {
            if (spec is not { Secret: true }) continue;
            var value = given is not null && given.TryGetValue(name, out var sent) ? sent : spec.Default;
            if (!string.IsNullOrEmpty(value)) (values ??= []).Add(value);
        }

        // The longest first, so that a secret that contains another one vanishes whole.
        return new SecretMask(declared, values is null ? [] : [.. values.OrderByDescending(v => v.Length)]);
    }

    /// <summary>The text without secrets.</summary>
    public string Text(string text)
    {
        foreach (var value in _values) text = text.Replace(value, ParameterBinding.Mask, StringComparison.Ordinal);
        return text;
    }

    /// <summary>The texts from <paramref name="skip"/> on, without secrets.</summary>
    public IReadOnlyList<string> Texts(IReadOnlyList<string> texts, int skip = 0)
    {
        if (texts.Count <= skip) return [];
        var masked = new string[texts.Count - skip];
        for (var i = 0; i < masked.Length; i++) masked[i] = Text(texts[i + skip]);
        return masked;
    }

    /// <summary>The parameters as they were sent, without the values of secret ones.</summary>
    public IReadOnlyDictionary<string, string>? Parameters(IReadOnlyDictionary<string, string>? given)
    {
        if (given is null || !_declared.Any(d => d.Value is { Secret: true } && given.ContainsKey(d.Key))) return given;
        var masked = new Dictionary<string, string>(given.Count, StringComparer.Ordinal);
        foreach (var (name, value) in given) masked[name] = _declared.GetValueOrDefault(name) is { Secret: true } ? ParameterBinding.Mask : value;
        return masked;
    }
}
