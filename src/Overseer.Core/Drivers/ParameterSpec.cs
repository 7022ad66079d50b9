namespace Overseer.Core.Drivers;

/// <summary>What an action says about one of its parameters.</summary>
public sealed record ParameterSpec
{
    /// <summary>The value when a start gives none; <see langword="null"/> makes the parameter required.</summary>
    public string? Default { get; init; }

    /// <summary>A CEL expression over <c>value</c> that must yield true, for defaults too.</summary>
    public string? Validate { get; init; }

    /// <summary>Masks the value in every answer, list and log.</summary>
    public bool Secret { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>The allowed values; <see langword="null"/> allows any.</summary>
    public IReadOnlyList<string>? Enum { get; init; }
}
