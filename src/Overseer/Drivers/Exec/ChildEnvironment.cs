using System.Collections;

namespace Overseer.Drivers.Exec;

/// <summary>
/// What a child inherits from the server: everything but the variables that are meant for the server alone. Left out are <c>OVERSEER_*</c> (they may hold
/// secrets), what a service manager says to its service (<c>NOTIFY_SOCKET</c>, <c>LISTEN_*</c>, <c>WATCHDOG_*</c>: a child that believed them would speak in
/// the server's name), and the settings of the .NET runtime that Overseer makes for its own processes. Other <c>DOTNET_*</c>, such as <c>DOTNET_ROOT</c>, stay.
/// </summary>
internal static class ChildEnvironment
{
    private static readonly string[] Prefixes = ["OVERSEER_", "LISTEN_", "WATCHDOG_"];
    private static readonly string[] Names = ["NOTIFY_SOCKET", "DOTNET_EnableDiagnostics", "DOTNET_gcConcurrent", "DOTNET_TieredPGO", "DOTNET_gcServer"];

    /// <summary>Whether a variable of the server reaches its children.</summary>
    public static bool IsInherited(string name) =>
        name.Length > 0 && !Names.Contains(name, StringComparer.Ordinal) && !Prefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal));

    /// <summary>The inherited part of an environment.</summary>
    public static Dictionary<string, string> Inherit(IEnumerable<KeyValuePair<string, string>> server)
    {
        var child = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in server)
        {
            if (IsInherited(name)) child[name] = value;
        }

        return child;
    }

    /// <summary>The environment of this process.</summary>
    public static IReadOnlyDictionary<string, string> OfThisProcess()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables()) variables[(string)entry.Key] = (string?)entry.Value ?? "";
        return variables;
    }
}
