using Overseer.Core.Drivers;
using Overseer.Core.Tasks;

namespace Overseer.Drivers.Docker;

/// <summary>What stands for the action of containers that somebody else has started. Its parameters are made by <see cref="ContainerAdoption"/>. Immutable.</summary>
internal sealed class ContainerAction : IAction
{
    /// <summary>The parameter with the container's id.</summary>
    public const string Container = "container";

    /// <summary>The parameter with the path of its engine's socket.</summary>
    public const string Engine = "engine";

    /// <summary>The parameter with its image.</summary>
    public const string Image = "image";

    /// <summary>SIGTERM stands for the signal that its image names; engines themselves wait as long.</summary>
    private static readonly StopPolicy Stop = new(PosixSignalName.Sigterm, TimeSpan.FromSeconds(10));

    /// <summary>The entry for the catalog.</summary>
    public static ActionEntry Entry { get; } = new(new ActionDefinition { Name = ActionCatalog.ContainerName, Type = DockerDriver.Name, Stop = Stop }, new ContainerAction());

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ParameterSpec?> Parameters { get; } = new Dictionary<string, ParameterSpec?>();

    /// <inheritdoc/>
    public RunPlan Plan(RunRequest request) => new HostedPlan
    {
        Host = DockerDriver.Name,
        Reference = new DockerReference(Of(request, Engine), Of(request, Container), AutoRemove: false, Foreign: true).Write(),
        Command = request.Parameters.GetValueOrDefault(Image),
        Stop = Stop,
    };

    private static string Of(RunRequest request, string name) => request.Parameters.GetValueOrDefault(name) ?? throw new PlanException($"{name} is required");
}
