using Overseer.Core.Drivers;

namespace Overseer.Drivers.Exec;

/// <summary>
/// Finds a program as a shell does, by the <c>PATH</c> of the child's environment, not of the server's. A name with a slash is a path, relative to the
/// child's working directory; whether it exists is left to the one who executes it, who can tell a missing program from a missing interpreter.
/// </summary>
internal static class ProgramPath
{
    private const string DefaultPath = "/usr/local/bin:/usr/bin:/bin";
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The absolute path of a program.</summary>
    /// <param name="name">What the action calls it; not empty.</param>
    /// <param name="path">Value of <c>PATH</c>; <see langword="null"/> when it is not set.</param>
    /// <param name="workingDirectory">The child's.</param>
    /// <exception cref="PlanException">No directory of <c>PATH</c> has it.</exception>
    public static string Find(string name, string? path, string workingDirectory)
    {
        if (name.Contains('/', StringComparison.Ordinal)) return Path.Combine(workingDirectory, name);
        path ??= DefaultPath;
        string? unusable = null;
        foreach (var directory in path.Split(':'))
        {
            // An empty item stands for the working directory, by POSIX.
            var candidate = Path.Combine(workingDirectory, directory, name);
            if (!File.Exists(candidate)) continue;
            if (IsExecutable(candidate)) return candidate;
            unusable ??= candidate;
        }

        throw PlanException.Unstartable(unusable is null
            ? $"cannot execute {name}: no such file in PATH (ENOENT); PATH is {path}"
            : $"cannot execute {unusable}: permission denied, it is not executable (EACCES)");
    }

    private static bool IsExecutable(string path)
    {
        try
        {
            return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & AnyExecute) != UnixFileMode.None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
