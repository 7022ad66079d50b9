using Overseer.Core.Configuration;

namespace Overseer.Configuration.Reading;

/// <summary>Reads <c>shutdown</c>: a mapping, or one word that stands for its <c>tasks</c>.</summary>
internal static class ShutdownReader
{
    /// <summary>Reads it.</summary>
    /// <param name="root">The document.</param>
    /// <param name="isService">Whether a service manager started the server: then tasks are kept unless something else is said.</param>
    public static ShutdownOptions Read(ConfigSection root, bool isService)
    {
        var defaults = new ShutdownOptions { KeepTasks = isService };
        if (root.Node("shutdown") is ConfigScalar) return defaults with { KeepTasks = Keep(root, "shutdown", isService) };
        if (root.Section("shutdown") is not { } section) return defaults;
        var options = new ShutdownOptions { KeepTasks = Keep(section, "tasks", isService), Grace = StopReader.Grace(section) };
        section.End();
        return options;
    }

    private static bool Keep(ConfigSection section, string key, bool isService) => section.Enum(key, "stop", "keep") switch
    {
        "keep" => true,
        "stop" => false,
        _ => isService,
    };
}
