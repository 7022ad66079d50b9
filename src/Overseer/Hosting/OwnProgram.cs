using System.Reflection;

namespace Overseer.Hosting;

/// <summary>How to start another instance of this program, for the recorder.</summary>
internal static class OwnProgram
{
    /// <summary>The executable and the arguments that come before the verb: none for the app host, the assembly for <c>dotnet Overseer.Cli.dll</c>.</summary>
    public static (string Executable, IReadOnlyList<string> Prefix) Find()
    {
        var executable = Environment.ProcessPath ?? throw new StartupException("the path of this program cannot be found (/proc/self/exe)");
        return Path.GetFileNameWithoutExtension(executable) == "dotnet" && Assembly.GetEntryAssembly()?.Location is { Length: > 0 } assembly
            ? (executable, [assembly])
            : (executable, []);
    }
}
