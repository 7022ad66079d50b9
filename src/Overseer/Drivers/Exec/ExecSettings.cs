using Overseer.Configuration.Reading;
using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Expressions;
using Overseer.Core.Tasks;

namespace Overseer.Drivers.Exec;

/// <summary>The <c>config:</c> of an exec action, read and checked.</summary>
internal sealed record ExecSettings
{
    private const int MaxProcesses = 4_194_304; // PID_MAX_LIMIT of the kernel
    private const int MinOpenFiles = 8; // fewer, and no program finds its libraries

    /// <summary>The program: a name to be found by <c>PATH</c>, or a path.</summary>
    public required TextTemplate Entrypoint { get; init; }

    /// <summary>Its arguments.</summary>
    public required IReadOnlyList<TextTemplate> Command { get; init; }

    /// <summary>The declared parameters.</summary>
    public required IReadOnlyDictionary<string, ParameterSpec?> Parameters { get; init; }

    /// <summary>Working directory; the server's own when it is not set.</summary>
    public TextTemplate? WorkingDirectory { get; init; }

    /// <summary>What relative paths are relative to: the directory of the configuration file.</summary>
    public required string BaseDirectory { get; init; }

    /// <summary>Variables of <c>env_file</c>.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> EnvironmentFile { get; init; }

    /// <summary>Variables of <c>env</c>, over all others.</summary>
    public required IReadOnlyList<KeyValuePair<string, TextTemplate>> Environment { get; init; }

    /// <summary>User to run as: <c>NAME</c> or <c>UID</c>, with <c>:GROUP</c> if it is to be another than the user's own.</summary>
    public TextTemplate? User { get; init; }

    /// <summary>What a run may use.</summary>
    public ProcessLimits? Limits { get; init; }

    /// <summary>Whether standard input is a pipe.</summary>
    public bool StdinPipe { get; init; }

    /// <summary>How runs are stopped.</summary>
    public required StopPolicy Stop { get; init; }

    /// <summary>Which lines clients see; null for all.</summary>
    public OutputFilter? Output { get; init; }

    /// <summary>What it was read from.</summary>
    public required ConfigMapping Source { get; init; }

    /// <summary>Whether a process started by other settings is what one started by these is. Which lines clients see does not concern it.</summary>
    public bool StartLike(ExecSettings other) =>
        Stop == other.Stop
        && BaseDirectory == other.BaseDirectory
        && EnvironmentFile.SequenceEqual(other.EnvironmentFile)
        && ConfigNode.AreEqual(ExecOutput.Without(Source), ExecOutput.Without(other.Source));

    /// <summary>Reads an action's configuration.</summary>
    /// <param name="definition">The action.</param>
    /// <param name="workingDirectory">The server's working directory.</param>
    /// <exception cref="ConfigurationException">Something is wrong; all of it is in the exception.</exception>
    public static ExecSettings Read(ActionDefinition definition, string workingDirectory)
    {
        if (definition.Config is not ConfigMapping node) throw new ConfigurationException(null, $"actions.{definition.Name}.config: entrypoint is required");
        var config = new ConfigSection(node, definition.Warnings);
        var baseDirectory = node.Line > 0 ? Path.GetDirectoryName(Path.GetFullPath(node.File, workingDirectory)) ?? workingDirectory : workingDirectory;
        var settings = new ExecSettings
        {
            Entrypoint = ExecTemplates.Required(config, "entrypoint"),
            Command = ExecTemplates.List(config, "command"),
            Parameters = ExecParameters.Read(config),
            WorkingDirectory = ExecTemplates.One(config, "cwd"),
            BaseDirectory = baseDirectory,
            EnvironmentFile = ReadEnvironmentFile(config, baseDirectory),
            Environment = ExecTemplates.Variables(config, "env"),
            User = ExecTemplates.One(config, "user"),
            Limits = ReadLimits(config),
            StdinPipe = config.Enum("stdin", "none", "pipe") == "pipe",
            Stop = StopReader.Read(config, definition.Stop),
            Output = ExecOutput.Read(config),
            Source = node,
        };
        config.End();
        return settings;
    }

    private static IReadOnlyList<KeyValuePair<string, string>> ReadEnvironmentFile(ConfigSection config, string baseDirectory)
    {
        if (config.Text("env_file") is not { } path) return [];
        var node = config.Node("env_file")!;
        if (path.Length > 0) return Exec.EnvironmentFile.Read(Path.GetFullPath(path, baseDirectory), config, node);
        config.Fail(node, "must not be empty");
        return [];
    }

    private static ProcessLimits? ReadLimits(ConfigSection config)
    {
        if (config.Section("limits") is not { } section) return null;
        var limits = new ProcessLimits
        {
            Processes = section.Integer("processes", 1, MaxProcesses),
            MemoryBytes = section.Bytes("memory", 1 << 20, 1L << 50),
            OpenFiles = section.Integer("open_files", MinOpenFiles, 1 << 30),
        };
        section.End();
        return limits;
    }
}
