using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Expressions.Cel;

namespace Overseer.Drivers.Exec;

/// <summary>
/// Reads <c>parameters:</c>. Each has one of three forms: nothing (required), a single value (its default), or a mapping
/// <c>{default, validate, secret, description, enum}</c>.
/// </summary>
internal static class ExecParameters
{
    /// <summary>The parameters, in the order of the file.</summary>
    public static IReadOnlyDictionary<string, ParameterSpec?> Read(ConfigSection config)
    {
        var parameters = new OrderedDictionary<string, ParameterSpec?>(StringComparer.Ordinal);
        if (config.Section("parameters") is not { } section) return parameters;
        foreach (var (name, node) in section.Entries)
        {
            section.Ignore(name);
            if (name.Length == 0) section.Fail(node, "a parameter needs a name");
            else parameters.Add(name, One(section, node));
        }

        section.End();
        return parameters;
    }

    private static ParameterSpec? One(ConfigSection section, ConfigNode node)
    {
        switch (node)
        {
            case ConfigScalar { Value: null }: return null;
            case ConfigScalar { Value: { } value }: return new ParameterSpec { Default = value };
            case ConfigMapping mapping: return Long(section.Open(mapping));
            default:
                section.Fail(node, $"must be empty (required), a value (the default) or a mapping with default, validate, secret, description, enum; not {node.Kind}");
                return null;
        }
    }

    private static ParameterSpec Long(ConfigSection section)
    {
        var spec = new ParameterSpec
        {
            Default = section.Text("default"),
            Secret = section.Flag("secret") ?? false,
            Description = section.Text("description"),
            Enum = section.TextList("enum"),
        };
        spec = Validated(section, spec);
        if (spec.Enum is { Count: 0 }) section.Error("enum", "must allow at least one value");
        else if (spec is { Enum: { } allowed, Default: { } value } && !allowed.Contains(value, StringComparer.Ordinal)) section.Error("default", "must be one of enum");
        section.End();
        return spec;
    }

    private static ParameterSpec Validated(ConfigSection section, ParameterSpec spec)
    {
        if (section.Text("validate") is not { } condition) return spec;
        try
        {
            spec = spec with { Validate = condition };
        }
        catch (CelException e)
        {
            section.Error("validate", e.Message);
            return spec;
        }

        if (spec.Default is not { } value || spec.Accepts(value)) return spec;
        section.Error("default", $"\"{(spec.Secret ? ParameterBinding.Mask : value)}\" fails validate");
        return spec;
    }
}
