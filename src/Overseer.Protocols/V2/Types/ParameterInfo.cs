using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>What an action says about a parameter.</summary>
public sealed record ParameterInfo
{
    private static readonly OptionalField<ParameterInfo, string> DefaultField =
        new("default", WireTypes.Text, m => m.Default, "The value when none is given.");
    private static readonly OptionalField<ParameterInfo, string> ValidateField =
        new("validate", WireTypes.Text, m => m.Validate, "A condition over value that must hold.");
    private static readonly OptionalField<ParameterInfo, string> DescriptionField =
        new("description", WireTypes.Text, m => m.Description, "What it is for.");
    private static readonly OptionalField<ParameterInfo, IReadOnlyList<string>> EnumField =
        new("enum", WireTypes.Texts, m => m.Enum, "The values that are allowed.");
    private static readonly OptionalValueField<ParameterInfo, bool> SecretField =
        new("secret", WireTypes.Boolean, m => m.Secret ? true : null, "Whether its value is masked.");

    internal static readonly ObjectType<ParameterInfo> Schema = new(
        "ParamSpec", "What an action says about a parameter.",
        [DefaultField, ValidateField, DescriptionField, EnumField, SecretField],
        f => new ParameterInfo
        {
            Default = f.Get(DefaultField),
            Validate = f.Get(ValidateField),
            Description = f.Get(DescriptionField),
            Enum = f.Get(EnumField),
            Secret = f.Get(SecretField) ?? false,
        });

    /// <summary>The value when none is given.</summary>
    public string? Default { get; init; }

    /// <summary>A condition over value that must hold.</summary>
    public string? Validate { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>The values that are allowed.</summary>
    public IReadOnlyList<string>? Enum { get; init; }

    /// <summary>Whether its value is masked.</summary>
    public bool Secret { get; init; }
}
