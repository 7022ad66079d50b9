using Overseer.Configuration;
using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Drivers.Exec;

namespace Overseer.Tests.Drivers;

/// <summary>A directory of its own with a configuration file, and the exec driver over it.</summary>
internal sealed class ExecHarness : IDisposable
{
    public ExecHarness(params (string Name, string Value)[] environment)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("exec-").FullName;
        System.IO.Directory.CreateDirectory(ConfigDirectory);
        ServerEnvironment = environment.Length > 0
            ? environment.ToDictionary(e => e.Name, e => e.Value)
            : new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" };
    }

    public string Directory { get; }

    public string ConfigDirectory => Path.Combine(Directory, "etc");

    public Dictionary<string, string> ServerEnvironment { get; }

    public ConfigurationWarnings Warnings { get; } = new();

    /// <summary>Makes an action from the YAML below its <c>config:</c>.</summary>
    public IAction Action(string yaml, StopPolicy? stop = null)
    {
        var file = Path.Combine(ConfigDirectory, "o.yaml");
        File.WriteAllText(file, yaml);
        return new ExecDriver(ServerEnvironment, Directory).CreateAction(new ActionDefinition
        {
            Name = "a",
            Type = "exec",
            Config = YamlDocument.Load(file),
            Warnings = Warnings,
            Stop = stop ?? StopPolicy.Default,
        });
    }

    /// <summary>What is wrong with a configuration, one line each, the file's name shortened.</summary>
    public IReadOnlyList<string> Errors(string yaml) =>
        [.. Assert.Throws<ConfigurationException>(() => Action(yaml)).Errors.Select(e => e.ToString().Replace(ConfigDirectory + "/", "", StringComparison.Ordinal))];

    public ProcessPlan Plan(string yaml, params (string Name, string Value)[] parameters) => Plan(Action(yaml), parameters);

    public static ProcessPlan Plan(IAction action, params (string Name, string Value)[] parameters) => Assert.IsType<ProcessPlan>(action.Plan(new RunRequest
    {
        TaskId = "t",
        RunId = new RunId(Guid.NewGuid()),
        Run = 1,
        Parameters = parameters.ToDictionary(p => p.Name, p => p.Value),
    }));

    /// <summary>Makes an executable file.</summary>
    public string Program(string path, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
    {
        var full = Path.Combine(Directory, path);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, "#!/bin/sh\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(full, mode);
        return full;
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
