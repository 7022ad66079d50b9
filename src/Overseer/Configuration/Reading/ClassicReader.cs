using Overseer.Core.Configuration;

namespace Overseer.Configuration.Reading;

/// <summary>Reads what only clients of the older protocols need: <c>protocol</c>, <c>commands</c>, <c>command</c>.</summary>
internal static class ClassicReader
{
    public static WireProtocol Protocol(ConfigSection root) => root.Enum("protocol", "v2", "v1", "v0") switch
    {
        "v1" => WireProtocol.V1,
        "v0" => WireProtocol.V0,
        _ => WireProtocol.V2,
    };

    public static (CommandsMode Mode, string? Pinned) Commands(ConfigSection root)
    {
        var pinned = root.Text("command") is { Length: > 0 } command ? command : null;
        var mode = root.Enum("commands", "none", "pinned", "owner", "any") switch
        {
            "pinned" => CommandsMode.Pinned,
            "owner" => CommandsMode.Owner,
            "any" => CommandsMode.Any,
            "none" => CommandsMode.None,
            _ => pinned is null ? CommandsMode.None : CommandsMode.Pinned,
        };
        if (mode == CommandsMode.Pinned && pinned is null) root.Error("commands", "pinned needs the command's path in command (or --command)");
        if (mode != CommandsMode.Pinned && pinned is not null)
            root.Error("command", $"pins one command, but commands is {root.Text("commands")}; it must be pinned or left out");
        return (mode, pinned);
    }
}
