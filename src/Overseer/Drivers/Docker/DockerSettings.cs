using Overseer.Configuration.Reading;
using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Expressions;
using Overseer.Core.Tasks;
using Overseer.Drivers.Docker.Engine;
using Overseer.Drivers.Exec;

namespace Overseer.Drivers.Docker;

/// <summary>The <c>config:</c> of a docker action, read and checked.</summary>
internal sealed record DockerSettings
{
    private const long LeastMemory = 1 << 20;
    private const long MostPids = 4_194_304; // PID_MAX_LIMIT of the kernel
    private const long Billion = 1_000_000_000;

    /// <summary>The image.</summary>
    public required TextTemplate Image { get; init; }

    /// <summary>The program; the image's own when it is empty.</summary>
    public required IReadOnlyList<TextTemplate> Entrypoint { get; init; }

    /// <summary>Its arguments; the image's own when it is not set.</summary>
    public IReadOnlyList<TextTemplate>? Command { get; init; }

    /// <summary>The declared parameters.</summary>
    public required IReadOnlyDictionary<string, ParameterSpec?> Parameters { get; init; }

    /// <summary>Variables over those of the image.</summary>
    public required IReadOnlyList<KeyValuePair<string, TextTemplate>> Environment { get; init; }

    /// <summary>What is mounted.</summary>
    public required IReadOnlyList<MountSettings> Mounts { get; init; }

    /// <summary>Working directory in the container.</summary>
    public TextTemplate? WorkingDirectory { get; init; }

    /// <summary>User in the container.</summary>
    public TextTemplate? User { get; init; }

    /// <summary>The network; the engine's default when it is not set.</summary>
    public TextTemplate? Network { get; init; }

    /// <summary>Bytes of memory.</summary>
    public long? Memory { get; init; }

    /// <summary>Processors, in billionths.</summary>
    public long? NanoCpus { get; init; }

    /// <summary>Processes and threads.</summary>
    public long? Pids { get; init; }

    /// <summary>Labels beside ours.</summary>
    public required IReadOnlyList<KeyValuePair<string, TextTemplate>> Labels { get; init; }

    /// <summary>Whether the container goes when its end is stored.</summary>
    public required bool AutoRemove { get; init; }

    /// <summary>When its image is fetched.</summary>
    public required PullPolicy Pull { get; init; }

    /// <summary>Path of the engine's socket; unset for the default.</summary>
    public string? Engine { get; init; }

    /// <summary>What relative paths are relative to: the directory of the configuration file.</summary>
    public required string BaseDirectory { get; init; }

    /// <summary>How runs are stopped.</summary>
    public required StopPolicy Stop { get; init; }

    /// <summary>Which lines clients see; null for all.</summary>
    public OutputFilter? Output { get; init; }

    /// <summary>What it was read from.</summary>
    public required ConfigMapping Source { get; init; }

    /// <summary>Whether a container started by other settings is what one started by these is. Which lines clients see does not concern it.</summary>
    public bool StartLike(DockerSettings other) =>
        Stop == other.Stop && BaseDirectory == other.BaseDirectory && ConfigNode.AreEqual(ExecOutput.Without(Source), ExecOutput.Without(other.Source));

    /// <summary>Reads an action's configuration.</summary>
    /// <param name="definition">The action.</param>
    /// <param name="workingDirectory">The server's working directory.</param>
    /// <param name="defaultEngine">The engine to use when none is named.</param>
    /// <exception cref="ConfigurationException">Something is wrong; all of it is in the exception.</exception>
    public static DockerSettings Read(ActionDefinition definition, string workingDirectory, Func<string> defaultEngine)
    {
        if (definition.Config is not ConfigMapping node) throw new ConfigurationException(null, $"actions.{definition.Name}.config: image is required");
        var config = new ConfigSection(node, definition.Warnings);
        var limits = config.Section("limits");
        var settings = new DockerSettings
        {
            Image = ExecTemplates.Required(config, "image"),
            Entrypoint = config.Node("entrypoint") is ConfigScalar ? [.. new[] { ExecTemplates.One(config, "entrypoint") }.OfType<TextTemplate>()] : ExecTemplates.List(config, "entrypoint"),
            Command = config.Node("command") is null ? null : ExecTemplates.List(config, "command"),
            Parameters = ExecParameters.Read(config),
            Environment = ExecTemplates.Variables(config, "env"),
            Mounts = MountReader.Read(config),
            WorkingDirectory = ExecTemplates.One(config, "workdir"),
            User = ExecTemplates.One(config, "user"),
            Network = ExecTemplates.One(config, "network"),
            Memory = limits?.Bytes("memory", LeastMemory, 1L << 50),
            NanoCpus = limits?.Number("cpus", 0.001, 100_000) is { } cpus ? (long)(cpus * Billion) : null,
            Pids = limits?.Integer("pids", 1, MostPids),
            Labels = ReadLabels(config),
            AutoRemove = config.Flag("auto_remove") ?? true,
            Pull = config.Enum("pull", "missing", "always", "never") switch { "always" => PullPolicy.Always, "never" => PullPolicy.Never, _ => PullPolicy.Missing },
            Engine = ReadEngine(config, defaultEngine),
            BaseDirectory = node.Line > 0 ? Path.GetDirectoryName(Path.GetFullPath(node.File, workingDirectory)) ?? workingDirectory : workingDirectory,
            Stop = StopReader.Read(config, definition.Stop),
            Output = ExecOutput.Read(config),
            Source = node,
        };
        limits?.End();
        config.End();
        return settings;
    }

    private static IReadOnlyList<KeyValuePair<string, TextTemplate>> ReadLabels(ConfigSection config)
    {
        foreach (var (name, node) in config.Node("labels") is ConfigMapping labels ? labels.Entries : [])
        {
            if (name.StartsWith(DockerLabels.Prefix, StringComparison.Ordinal)) config.Fail(node, $"labels that begin with \"{DockerLabels.Prefix}\" are set by Overseer");
        }

        return ExecTemplates.Variables(config, "labels");
    }

    /// <summary>What is named, if it can be used; a default that cannot is reported too, as nothing could ever be started.</summary>
    private static string? ReadEngine(ConfigSection config, Func<string> defaultEngine)
    {
        if (config.Text("engine") is { } text)
        {
            var socket = EngineSocket.Parse(text, out var problem);
            if (socket is null) config.Error("engine", problem);
            return socket;
        }

        try
        {
            defaultEngine();
        }
        catch (FormatException e)
        {
            config.Fail(config.Source, $"engine is not set, and {e.Message}");
        }

        return null;
    }
}
