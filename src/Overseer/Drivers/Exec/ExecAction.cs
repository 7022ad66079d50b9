using System.Globalization;
using Overseer.Configuration;
using Overseer.Core.Drivers;
using Overseer.Recorder.Accounts;

namespace Overseer.Drivers.Exec;

/// <summary>One configured exec action. Immutable.</summary>
internal sealed class ExecAction(ExecSettings settings, IReadOnlyDictionary<string, string> inherited, string workingDirectory) : IAction
{
    private readonly ExecSettings _settings = settings;
    private IReadOnlyList<KeyValuePair<string, string>>? _unchanging;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ParameterSpec?> Parameters => _settings.Parameters;

    /// <inheritdoc/>
    public IOutputFilter? Output => _settings.Output;

    /// <inheritdoc/>
    public bool? StartsLike(IAction former) => former is ExecAction other ? _settings.StartLike(other._settings) : null;

    /// <inheritdoc/>
    public RunPlan Plan(RunRequest request)
    {
        var parameters = ParameterBinding.Bind(_settings.Parameters, request.Parameters);
        var entrypoint = Passable("entrypoint", _settings.Entrypoint.Render(parameters));
        if (entrypoint.Length == 0) throw new PlanException("entrypoint is empty with these parameters");
        var arguments = new string[_settings.Command.Count + 1];
        arguments[0] = entrypoint;
        for (var i = 1; i < arguments.Length; i++) arguments[i] = Passable($"command[{i - 1}]", _settings.Command[i - 1].Render(parameters));

        var directory = WorkingDirectory(parameters);
        var account = Account(parameters);
        var environment = Environment(parameters, account);
        return new ProcessPlan
        {
            File = ProgramPath.Find(entrypoint, PathOf(environment), directory),
            Arguments = arguments,
            WorkingDirectory = directory,
            Environment = environment,
            StdinPipe = _settings.StdinPipe,
            User = account is null ? null : new ProcessUser(account.UserId, account.GroupId),
            Limits = _settings.Limits,
            Stop = _settings.Stop,
        };
    }

    private string WorkingDirectory(IReadOnlyDictionary<string, string> parameters)
    {
        if (_settings.WorkingDirectory is null) return workingDirectory;
        return Path.GetFullPath(NotEmpty("cwd", Passable("cwd", _settings.WorkingDirectory.Render(parameters))), _settings.BaseDirectory);
    }

    /// <summary>Another user than the server's own; null when the task runs as the server does.</summary>
    private UserAccount? Account(IReadOnlyDictionary<string, string> parameters)
    {
        if (_settings.User is null) return null;
        var text = NotEmpty("user", Passable("user", _settings.User.Render(parameters)));
        var account = UserAccount.Parse(text, out var problem) ?? throw PlanException.Unstartable($"user: {problem}");
        if (account.UserId == CurrentUser.Id && !text.Contains(':', StringComparison.Ordinal)) return null;

        // Running it as the server's own user instead would give the task rights that the configuration meant to take away.
        return CurrentUser.Id == 0 ? account : throw PlanException.Unstartable($"user: only a server of root can start a task as {text}; this one runs as user {CurrentUser.Id}");
    }

    private IReadOnlyList<KeyValuePair<string, string>> Environment(IReadOnlyDictionary<string, string> parameters, UserAccount? account)
    {
        // What no parameter changes is made once and shared by all runs.
        if (_settings.Environment.Count == 0 && _settings.User is null) return _unchanging ??= [.. Base(null)];
        var environment = Base(account);
        foreach (var (name, value) in _settings.Environment) environment[name] = Passable($"env.{name}", value.Render(parameters));
        return [.. environment];
    }

    private Dictionary<string, string> Base(UserAccount? account)
    {
        var environment = new Dictionary<string, string>(inherited, StringComparer.Ordinal);
        if (account is not null)
        {
            var name = account.Name ?? account.UserId.ToString(CultureInfo.InvariantCulture);
            environment["HOME"] = account.Home ?? "/";
            environment["USER"] = name;
            environment["LOGNAME"] = name;
        }

        foreach (var (name, value) in _settings.EnvironmentFile) environment[name] = value;
        return environment;
    }

    private static string? PathOf(IReadOnlyList<KeyValuePair<string, string>> environment)
    {
        foreach (var (name, value) in environment)
        {
            if (name == "PATH") return value;
        }

        return null;
    }

    private static string NotEmpty(string field, string text) => text.Length > 0 ? text : throw new PlanException($"{field} is empty with these parameters");

    /// <summary>A program's arguments end at their first NUL (execve(2)): what follows one would silently be lost.</summary>
    private static string Passable(string field, string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? throw new PlanException($"{field}: a NUL character cannot be passed to a program") : text;
}
