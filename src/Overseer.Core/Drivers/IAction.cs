namespace Overseer.Core.Drivers;

/// <summary>A named, configured way to start tasks, made by an <see cref="IDriver"/>.</summary>
public interface IAction
{
    /// <summary>The declared parameters by name, in the order of the configuration. A spec of <see langword="null"/>, or without a default, makes it required.</summary>
    IReadOnlyDictionary<string, ParameterSpec?> Parameters { get; }

    /// <summary>Which lines of its tasks' output clients see; <see langword="null"/> for all.</summary>
    IOutputFilter? Output => null;

    /// <summary>
    /// Whether a run that this action plans is the same as one that another of the same name planned, which it is about to replace while tasks run. Asked on the engine's
    /// only thread. <see langword="null"/>, the default, leaves that to a comparison of the two configurations.
    /// </summary>
    /// <param name="former">The action that is replaced, of the same driver type.</param>
    bool? StartsLike(IAction former) => null;

    /// <summary>
    /// Says what one run of a task is to execute. Called on the engine's only thread, before anything is started: it must be quick and must not wait.
    /// </summary>
    /// <param name="request">The task and its parameters.</param>
    /// <exception cref="PlanException">The parameters are refused, or the run cannot be started. Nothing is started; the client gets the message.</exception>
    RunPlan Plan(RunRequest request);
}
