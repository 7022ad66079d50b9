using Overseer.Core.Configuration;
using Overseer.Drivers.Exec;

namespace Overseer.Drivers.Docker;

/// <summary>Reads <c>mounts</c>: a list of mappings <c>{type, source, target, read_only, size}</c>.</summary>
internal static class MountReader
{
    private const string Bind = "bind";
    private const string Volume = "volume";
    private const string Tmpfs = "tmpfs";

    /// <summary>The mounts; what is wrong is reported.</summary>
    public static IReadOnlyList<MountSettings> Read(ConfigSection config)
    {
        switch (config.Node("mounts"))
        {
            case null: return [];
            case ConfigSequence list: return [.. list.Items.Select(item => One(config, item)).OfType<MountSettings>()];
            case var other:
                config.Fail(other, $"must be a list of mappings with type, source, target, read_only; not {other.Kind}");
                return [];
        }
    }

    private static MountSettings? One(ConfigSection config, ConfigNode item)
    {
        if (item is not ConfigMapping)
        {
            config.Fail(item, $"must be a mapping with type, source, target, read_only; not {item.Kind}");
            return null;
        }

        var section = config.Open(item);
        var type = section.Enum("type", Bind, Volume, Tmpfs);
        if (type is null && section.Node("type") is null) section.Fail(item, "type is required: bind, volume or tmpfs");
        var source = ExecTemplates.One(section, "source");
        var target = ExecTemplates.Required(section, "target");
        if (target is { IsConstant: true, Source: { Length: > 0 } path } && path[0] != '/') section.Error("target", $"\"{path}\" must be an absolute path in the container");
        if (type == Bind && source is null && section.Node("source") is null) section.Fail(item, "source is required for a bind: a file or directory of this machine");
        if (type == Tmpfs && source is not null) section.Error("source", "a tmpfs has none");
        var size = section.Bytes("size", 4096, 1L << 50);
        if (type is Bind or Volume && size is not null) section.Error("size", "only a tmpfs has one");
        var readOnly = section.Flag("read_only") ?? false;
        section.End();
        return type is null ? null : new MountSettings(type, source, target, readOnly, size);
    }
}
