using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Overseer.Core.Drivers;
using Overseer.Drivers.Docker.Engine;

namespace Overseer.Drivers.Docker;

/// <summary>The driver <c>docker</c>: each run is a container of an engine that speaks the Docker Engine API, such as Docker and podman.</summary>
/// <param name="variable">Reads a variable of the server's environment.</param>
/// <param name="workingDirectory">The server's working directory, absolute.</param>
internal sealed class DockerDriver(Func<string, string?> variable, string workingDirectory) : IHostingDriver, IPlacedHosting, IForeignTasks
{
    /// <summary>Its type, and the name of its host.</summary>
    public const string Name = "docker";

    private readonly ConcurrentDictionary<string, bool> _engines = new(StringComparer.Ordinal);

    /// <summary>Makes a driver that goes by the environment of this process.</summary>
    public static DockerDriver ForThisProcess() => new(Environment.GetEnvironmentVariable, Environment.CurrentDirectory);

    /// <inheritdoc/>
    public string Type => Name;

    /// <inheritdoc/>
    public ActionEntry Foreign => ContainerAction.Entry;

    /// <inheritdoc/>
    public IAction CreateAction(ActionDefinition definition)
    {
        var settings = DockerSettings.Read(definition, workingDirectory, DefaultEngine);
        _engines[settings.Engine ?? DefaultEngine()] = true;
        return new DockerAction(definition.Name, settings, DefaultEngine);
    }

    /// <inheritdoc/>
    /// <remarks>Without a state directory there is nothing by which its containers could be told from those of other servers: what a dead server left is not cleared away then.</remarks>
    public IRunHost CreateHost(ILoggerFactory logs, TimeProvider clock) => CreateHost(stateDirectory: null, logs, clock);

    /// <inheritdoc/>
    public IRunHost CreateHost(string? stateDirectory, ILoggerFactory logs, TimeProvider clock) =>
        new DockerHost(new StateIdentity(stateDirectory), [.. _engines.Keys], logs.CreateLogger<DockerHost>(), clock);

    private string DefaultEngine() => EngineSocket.Default(variable, File.Exists);
}
