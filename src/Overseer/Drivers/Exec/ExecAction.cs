using Overseer.Core.Drivers;

namespace Overseer.Drivers.Exec;

/// <summary>One configured exec action. Immutable.</summary>
internal sealed class ExecAction(ExecSettings settings, IReadOnlyDictionary<string, string> inherited, string workingDirectory) : IAction
{
    private IReadOnlyList<KeyValuePair<string, string>>? _unchanging;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ParameterSpec?> Parameters => settings.Parameters;

    /// <inheritdoc/>
    public RunPlan Plan(RunRequest request)
    {
        if (settings.User is not null)
        {
            // Running it as the server's own user instead would give the task rights that the configuration meant to take away.
            throw PlanException.Unstartable("this version cannot run a task as another user; remove \"user\" from the action");
        }

        var parameters = ParameterBinding.Bind(settings.Parameters, request.Parameters);
        var entrypoint = Passable("entrypoint", settings.Entrypoint.Render(parameters));
        if (entrypoint.Length == 0) throw new PlanException("entrypoint is empty with these parameters");
        var arguments = new string[settings.Command.Count + 1];
        arguments[0] = entrypoint;
        for (var i = 1; i < arguments.Length; i++) arguments[i] = Passable($"command[{i - 1}]", settings.Command[i - 1].Render(parameters));

        var directory = WorkingDirectory(parameters);
        var environment = Environment(parameters);
        return new ProcessPlan
        {
            File = ProgramPath.Find(entrypoint, PathOf(environment), directory),
            Arguments = arguments,
            WorkingDirectory = directory,
            Environment = environment,
            StdinPipe = settings.StdinPipe,
            Stop = settings.Stop,
        };
    }

    private string WorkingDirectory(IReadOnlyDictionary<string, string> parameters)
    {
        if (settings.WorkingDirectory is null) return workingDirectory;
        return Path.GetFullPath(NotEmpty("cwd", Passable("cwd", settings.WorkingDirectory.Render(parameters))), settings.BaseDirectory);
    }

    private IReadOnlyList<KeyValuePair<string, string>> Environment(IReadOnlyDictionary<string, string> parameters)
    {
        // What no parameter changes is made once and shared by all runs.
        if (settings.Environment.Count == 0) return _unchanging ??= [.. Base()];
        var environment = Base();
        foreach (var (name, value) in settings.Environment) environment[name] = Passable($"env.{name}", value.Render(parameters));
        return [.. environment];
    }

    private Dictionary<string, string> Base()
    {
        var environment = new Dictionary<string, string>(inherited, StringComparer.Ordinal);
        foreach (var (name, value) in settings.EnvironmentFile) environment[name] = value;
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
