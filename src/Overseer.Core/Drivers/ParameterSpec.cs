using Overseer.Core.Expressions.Cel;

namespace Overseer.Core.Drivers;

/// <summary>What an action says about one of its parameters.</summary>
public sealed record ParameterSpec
{
    private readonly ParameterCheck? _check;

    /// <summary>The value when a start gives none; <see langword="null"/> makes the parameter required.</summary>
    public string? Default { get; init; }

    /// <summary>A CEL expression over <c>value</c> that must yield true, for defaults too. Compiled when it is set.</summary>
    /// <exception cref="CelException">It is no such expression.</exception>
    public string? Validate
    {
        get => _check?.Condition;
        init => _check = value is null ? null : new ParameterCheck(value);
    }

    /// <summary>Masks the value in every answer, list and log.</summary>
    public bool Secret { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>The allowed values; <see langword="null"/> allows any.</summary>
    public IReadOnlyList<string>? Enum { get; init; }

    /// <summary>Whether <see cref="Validate"/> yields true for a value; one for which it fails does not pass.</summary>
    public bool Accepts(string value) => _check is null || _check.Passes(value);
}
