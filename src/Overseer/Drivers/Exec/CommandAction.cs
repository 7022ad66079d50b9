using Overseer.Core.Drivers;
using Overseer.Core.Tasks;

namespace Overseer.Drivers.Exec;

/// <summary>
/// What runs commands that no action describes: a program found as the server itself would find it, with the server's working directory and the environment of exec
/// actions that have none of their own. Immutable.
/// </summary>
internal sealed class CommandAction(IReadOnlyDictionary<string, string> inherited, string workingDirectory, StopPolicy stop) : IAction
{
    private readonly IReadOnlyList<KeyValuePair<string, string>> _environment = [.. inherited];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ParameterSpec?> Parameters { get; } = new Dictionary<string, ParameterSpec?>();

    /// <inheritdoc/>
    public RunPlan Plan(RunRequest request)
    {
        var command = request.Command ?? throw new PlanException("there is no command to run");
        return new ProcessPlan
        {
            File = ProgramPath.Find(command, inherited.GetValueOrDefault("PATH"), workingDirectory),
            Arguments = [command, .. request.Args],
            WorkingDirectory = workingDirectory,
            Environment = _environment,
            Stop = stop,
        };
    }
}
