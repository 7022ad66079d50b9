using Overseer.Core.Configuration;

namespace Overseer.Configuration;

/// <summary>
/// The two directories of a server and what lies in them. Two servers with different directories do not know of each other. Both belong to the
/// server's user alone: who may write there may replace journals and sockets.
/// </summary>
/// <param name="StateDirectory">What must survive: journals, database. Absolute.</param>
/// <param name="RuntimeDirectory">What need not: sockets, pid and lock files. Absolute.</param>
public sealed record Places(string StateDirectory, string RuntimeDirectory)
{
    /// <summary>Names the state directory.</summary>
    public const string StateVariable = "OVERSEER_STATE_DIR";

    /// <summary>Names the runtime directory.</summary>
    public const string RuntimeVariable = "OVERSEER_RUNTIME_DIR";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The database.</summary>
    public string DatabaseFile => Path.Combine(StateDirectory, "overseer.db");

    /// <summary>Holds a directory per journal.</summary>
    public string JournalDirectory => Path.Combine(StateDirectory, "journals");

    /// <summary>How far the event log is, see <see cref="EventLog.TaskEventLog"/>.</summary>
    public string EventLogDirectory => Path.Combine(StateDirectory, "event-log");

    /// <summary>What the recorder has to say.</summary>
    public string RecorderLog => Path.Combine(StateDirectory, "recorder.log");

    /// <summary>Held by the server that uses the state directory.</summary>
    public string ServerLock => Path.Combine(StateDirectory, "server.lock");

    /// <summary>The server's own socket, always open: WebSocket and HTTP as on TCP.</summary>
    public string ServerSocket => Path.Combine(RuntimeDirectory, "overseer.sock");

    /// <summary>Where the recorder listens for its server.</summary>
    public string RecorderSocket => Path.Combine(RuntimeDirectory, "recorder.sock");

    /// <summary>Held by the recorder.</summary>
    public string RecorderLock => Path.Combine(StateDirectory, "recorder.lock");

    /// <summary>Where the control groups of runs are, see <see cref="Recorder.Cgroups.RunCgroups"/>.</summary>
    public string CgroupMemory => Path.Combine(RuntimeDirectory, "cgroups");

    /// <summary>The starts that are under way, shared by server and recorder.</summary>
    public string FlightPage => Path.Combine(RuntimeDirectory, "flight");

    /// <summary>The server's pid, held by the server that uses the runtime directory.</summary>
    public string ServerPid => Path.Combine(RuntimeDirectory, "server.pid");

    /// <summary>
    /// Finds the directories: flag, then variable, then the default. Defaults are <c>/var/lib/overseer</c> and <c>/run/overseer</c> for root;
    /// <c>$XDG_STATE_HOME/overseer</c> (<c>~/.local/state/overseer</c>) and <c>$XDG_RUNTIME_DIR/overseer</c> (<c>/run/user/UID/overseer</c> where it exists, else
    /// <c>/tmp/overseer-UID</c>) for others.
    /// </summary>
    /// <param name="stateFlag"><c>--state-dir</c>; null or empty when not given.</param>
    /// <param name="runtimeFlag"><c>--runtime-dir</c>; null or empty when not given.</param>
    /// <param name="environment">The environment; an empty variable is an unset one, a relative XDG path too (as its specification says).</param>
    /// <exception cref="ConfigurationException">There is no default, because HOME is not set, or a socket's path would be too long.</exception>
    public static Places Resolve(string? stateFlag, string? runtimeFlag, IReadOnlyDictionary<string, string> environment) =>
        Resolve(stateFlag, runtimeFlag, environment, CurrentUser.Id);

    /// <summary>The same for a user.</summary>
    public static Places Resolve(string? stateFlag, string? runtimeFlag, IReadOnlyDictionary<string, string> environment, int user)
    {
        var state = Given(stateFlag) ?? Given(environment.GetValueOrDefault(StateVariable)) ?? DefaultState(environment, user);
        var runtime = Given(runtimeFlag) ?? Given(environment.GetValueOrDefault(RuntimeVariable)) ?? DefaultRuntime(environment, user);
        var places = new Places(Path.GetFullPath(state), Path.GetFullPath(runtime));
        if (System.Text.Encoding.UTF8.GetByteCount(places.RecorderSocket) > ListenAddressParser.MaxSocketPathBytes)
        {
            throw new ConfigurationException(
                null,
                $"the runtime directory {places.RuntimeDirectory} is too long: the path of a socket in it is limited to {ListenAddressParser.MaxSocketPathBytes} bytes; choose another with --runtime-dir or {RuntimeVariable}");
        }

        return places;
    }

    /// <summary>
    /// Makes the directories that are missing, with mode 0700, and checks the ones that are there: they must belong to this process's user, and nobody else
    /// may write in them. The mode of one that is all right is not changed.
    /// </summary>
    /// <exception cref="PlacesException">One cannot be made or used; the message says what to do.</exception>
    public void Create()
    {
        Create(StateDirectory, "state", "--state-dir");
        Create(RuntimeDirectory, "runtime", "--runtime-dir");
        Create(JournalDirectory, "journal", "--state-dir");
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? Absolute(IReadOnlyDictionary<string, string> environment, string name) =>
        environment.GetValueOrDefault(name) is { Length: > 0 } path && Path.IsPathRooted(path) ? path : null;

    private static string DefaultState(IReadOnlyDictionary<string, string> environment, int user)
    {
        if (user == 0) return "/var/lib/overseer";
        if (Absolute(environment, "XDG_STATE_HOME") is { } state) return Path.Combine(state, "overseer");
        return Absolute(environment, "HOME") is { } home
            ? Path.Combine(home, ".local/state/overseer")
            : throw new ConfigurationException(null, $"there is no place for state, as HOME is not set; choose one with --state-dir or {StateVariable}");
    }

    private static string DefaultRuntime(IReadOnlyDictionary<string, string> environment, int user)
    {
        if (user == 0) return "/run/overseer";
        if (Absolute(environment, "XDG_RUNTIME_DIR") is { } runtime) return Path.Combine(runtime, "overseer");
        return Directory.Exists($"/run/user/{user}") ? $"/run/user/{user}/overseer" : $"/tmp/overseer-{user}";
    }

    private static void Create(string path, string what, string flag)
    {
        try
        {
            // Parents get the usual mode: only the leaf is ours alone. An existing directory stays as it is.
            if (Path.GetDirectoryName(path) is { } parent) Directory.CreateDirectory(parent);
            Directory.CreateDirectory(path, OwnerOnly);
        }
        catch (UnauthorizedAccessException)
        {
            throw new PlacesException($"cannot create the {what} directory {path}: permission denied; choose another one with {flag}");
        }
        catch (IOException exception)
        {
            throw new PlacesException($"cannot create the {what} directory {path}: {exception.Message}; choose another one with {flag}");
        }

        DirectoryOwnership.Check(path, what, flag);
    }
}
