using Overseer.Core.Drivers;
using Overseer.Core.Expressions;
using Overseer.Drivers.Docker.Engine;

namespace Overseer.Drivers.Docker;

/// <summary>One configured docker action. Immutable.</summary>
internal sealed class DockerAction(string name, DockerSettings settings, Func<string> defaultEngine) : IAction
{
    private readonly DockerSettings _settings = settings;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ParameterSpec?> Parameters => _settings.Parameters;

    /// <inheritdoc/>
    public IOutputFilter? Output => _settings.Output;

    /// <inheritdoc/>
    public bool? StartsLike(IAction former) => former is DockerAction other ? _settings.StartLike(other._settings) : null;

    /// <inheritdoc/>
    public RunPlan Plan(RunRequest request)
    {
        var parameters = ParameterBinding.Bind(_settings.Parameters, request.Parameters);
        var command = _settings.Command is { } given ? Texts("command", given, parameters) : null;
        var entrypoint = _settings.Entrypoint.Count > 0 ? Texts("entrypoint", _settings.Entrypoint, parameters) : null;
        var spec = new ContainerSpec
        {
            Image = Text("image", _settings.Image, parameters),
            Cmd = command,
            Entrypoint = entrypoint,
            Env = _settings.Environment.Count == 0 ? null : [.. _settings.Environment.Select(variable => $"{variable.Key}={Passable($"env.{variable.Key}", variable.Value.Render(parameters))}")],
            WorkingDir = _settings.WorkingDirectory is { } directory ? Text("workdir", directory, parameters) : null,
            User = _settings.User is { } user ? Text("user", user, parameters) : null,
            Labels = Labels(request, parameters),
            HostConfig = new ContainerHostSpec
            {
                NetworkMode = _settings.Network is { } network ? Text("network", network, parameters) : null,
                Memory = _settings.Memory,
                MemorySwap = _settings.Memory, // together with memory: none of it
                NanoCpus = _settings.NanoCpus,
                PidsLimit = _settings.Pids,
                Mounts = _settings.Mounts.Count == 0 ? null : [.. _settings.Mounts.Select((mount, i) => Mount(mount, i, parameters))],
            },
        };
        return new HostedPlan
        {
            Host = DockerDriver.Name,
            Work = new DockerWork(spec, _settings.Pull),
            Reference = new DockerReference(_settings.Engine ?? defaultEngine(), DockerReference.NameOf(request.RunId), _settings.AutoRemove, Foreign: false).Write(),
            Command = spec.Image,
            Arguments = [.. entrypoint ?? [], .. command ?? []],
            Stop = _settings.Stop,
        };
    }

    private Dictionary<string, string> Labels(RunRequest request, IReadOnlyDictionary<string, string> parameters)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (label, value) in _settings.Labels) labels[label] = Passable($"labels.{label}", value.Render(parameters));
        labels[DockerLabels.RunId] = request.RunId.Value.ToString();
        labels[DockerLabels.TaskId] = request.TaskId;
        labels[DockerLabels.Action] = name;
        labels[DockerLabels.AutoRemove] = _settings.AutoRemove ? "true" : "false";
        return labels;
    }

    private ContainerMount Mount(MountSettings mount, int index, IReadOnlyDictionary<string, string> parameters)
    {
        var source = mount.Source is { } template ? Text($"mounts[{index}].source", template, parameters) : null;
        var target = Text($"mounts[{index}].target", mount.Target, parameters);
        if (target[0] != '/') throw new PlanException($"mounts[{index}].target: \"{target}\" is no absolute path");
        return new ContainerMount
        {
            Type = mount.Type,
            Source = mount.Type == "bind" ? Path.GetFullPath(source!, _settings.BaseDirectory) : source,
            Target = target,
            ReadOnly = mount.ReadOnly ? true : null,
            TmpfsOptions = mount.SizeBytes is { } size ? new ContainerTmpfs(size) : null,
        };
    }

    private static string[] Texts(string field, IReadOnlyList<TextTemplate> templates, IReadOnlyDictionary<string, string> parameters) =>
        [.. templates.Select((template, i) => Passable($"{field}[{i}]", template.Render(parameters)))];

    private static string Text(string field, TextTemplate template, IReadOnlyDictionary<string, string> parameters) =>
        Passable(field, template.Render(parameters)) is { Length: > 0 } text ? text : throw new PlanException($"{field} is empty with these parameters");

    /// <summary>What a program gets ends at the first NUL (execve(2)): what follows one would silently be lost.</summary>
    private static string Passable(string field, string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? throw new PlanException($"{field}: a NUL character cannot be passed to a program") : text;
}
