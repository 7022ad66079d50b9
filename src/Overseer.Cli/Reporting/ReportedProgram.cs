using Overseer.Recorder.Interop;
using Overseer.Recorder.Spawning;

namespace Overseer.Cli.Reporting;

/// <summary>Finds and starts a program as a shell does, whose exit codes for what cannot be started are known everywhere.</summary>
internal static class ReportedProgram
{
    /// <summary>The variable with the token, which the program does not get.</summary>
    internal const string TokenVariable = "OVERSEER_HUB_TOKEN";

    private const int NotExecutable = 126;
    private const int NotFound = 127;
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Starts a program.</summary>
    /// <param name="arguments">Its name and its arguments.</param>
    /// <param name="path">Where to look for one without a slash.</param>
    /// <param name="problem">Exit code and reason when there is no child.</param>
    internal static PipedChild? Start(IReadOnlyList<string> arguments, string path, out (int Code, string Text) problem)
    {
        problem = default;
        string name = arguments[0];
        if (Find(name, path) is not { } file)
        {
            problem = (NotFound, $"{name}: command not found");
            return null;
        }
        PipedChild? child = PipedChild.Start(file, arguments, TokenVariable, out int errno);
        if (child is null)
            problem = (errno == Errno.ENOENT ? NotFound : NotExecutable, $"{name}: {Errno.Text(errno)}");
        return child;
    }

    private static string? Find(string name, string path)
    {
        if (name.Contains('/', StringComparison.Ordinal))
            return name;
        foreach (string directory in path.Split(':'))
        {
            string file = Path.Combine(directory.Length == 0 ? "." : directory, name);
            if (name.Length > 0 && File.Exists(file) && (File.GetUnixFileMode(file) & AnyExecute) != UnixFileMode.None)
                return file;
        }
        return null;
    }
}
