using Overseer.Cli.Goproc.Text;
using Overseer.Core.Tasks;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Spawning;

namespace Overseer.Cli.Goproc.Commands;

/// <summary>Finds and starts a program as Go's <c>os/exec</c> does, whose complaints are goproc's.</summary>
internal static class ProgramStart
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Starts a program.</summary>
    /// <param name="arguments">The program, and its arguments.</param>
    /// <param name="path">Where to look for one without a slash.</param>
    /// <exception cref="GoprocFailure">It could not be started.</exception>
    internal static AttachedChild Start(IReadOnlyList<string> arguments, string path)
    {
        string file = Find(arguments[0], path);
        AttachedChild child = AttachedChild.Start(file, arguments, out int errno);
        return errno == 0 ? child : throw new GoprocFailure($"start command: fork/exec {file}: {Errno.Text(errno)}");
    }

    /// <summary>Where a program is; one with a slash is where it says, whether it is there or not.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="path">Where to look.</param>
    /// <exception cref="GoprocFailure">It is nowhere.</exception>
    internal static string Find(string name, string path)
    {
        if (name.Contains('/', StringComparison.Ordinal))
            return name;
        foreach (string directory in path.Split(':'))
        {
            string file = Path.Combine(directory.Length == 0 ? "." : directory, name);
            if (!File.Exists(file) || (File.GetUnixFileMode(file) & AnyExecute) == UnixFileMode.None)
                continue;
            return Path.IsPathRooted(file) ? file : throw new GoprocFailure($"start command: exec: {GoQuote.Text(name)}: cannot run executable found relative to current directory");
        }
        throw new GoprocFailure($"start command: exec: {GoQuote.Text(name)}: executable file not found in $PATH");
    }
}
