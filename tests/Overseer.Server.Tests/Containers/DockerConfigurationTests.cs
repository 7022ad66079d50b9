using Overseer.Configuration;
using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Drivers.Docker;
using Overseer.Drivers.Docker.Engine;

namespace Overseer.Server.Tests.Containers;

/// <summary>What a docker action reads, plans and refuses; no engine is asked.</summary>
public sealed class DockerConfigurationTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("ovdock-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public void A_plan_is_a_container_by_the_name_of_its_run()
    {
        var run = new RunId(Guid.NewGuid());
        var plan = Plan(Action("""
            image: "reg/[[.name]]:1"
            entrypoint: agent
            command: ["--repo", "[[.name]]"]
            env: {KEY: "[[.secret]]"}
            limits: {memory: 1GiB, cpus: 1.5, pids: 100}
            mounts: [{type: bind, source: "work/[[.name]]", target: /work}]
            stop: {signal: INT, grace: 3s}
            parameters: {name: , secret: {default: s3, secret: true}}
            """), run, ("name", "web"));
        var spec = ((DockerWork)plan.Work!).Spec;
        Assert.Equal(("docker", "reg/web:1", "agent --repo web"), (plan.Host, plan.Command, string.Join(' ', plan.Arguments)));
        Assert.Equal(new StopPolicy(2, TimeSpan.FromSeconds(3)), plan.Stop);
        Assert.Equal(new DockerReference("/var/run/docker.sock", $"overseer-{run.Value:N}", AutoRemove: true, Foreign: false), DockerReference.Read(plan.Reference));
        Assert.DoesNotContain("s3", plan.Reference, StringComparison.Ordinal);
        Assert.Equal(["KEY=s3"], spec.Env);
        Assert.Equal((1L << 30, 1L << 30, 1_500_000_000L, 100L), (spec.HostConfig.Memory, spec.HostConfig.MemorySwap, spec.HostConfig.NanoCpus, spec.HostConfig.PidsLimit));
        Assert.Equal((Path.Combine(_place, "work/web"), "/work"), (spec.HostConfig.Mounts![0].Source, spec.HostConfig.Mounts[0].Target));
        Assert.Equal((run.Value.ToString(), "t", "true"), (spec.Labels!["overseer.run_id"], spec.Labels["overseer.task_id"], spec.Labels["overseer.auto_remove"]));
        Assert.Equal(("no", false), (spec.HostConfig.RestartPolicy.Name, spec.HostConfig.AutoRemove));
    }

    [Theory]
    [InlineData("command: [x]", "o.yaml:1: image is required")]
    [InlineData("image: \"[[.x\"", "o.yaml:1: image: ")]
    [InlineData("image: x\nimagee: y", "o.yaml:2: imagee: unknown key; did you mean image?")]
    [InlineData("image: x\npull: sometimes", "o.yaml:2: pull: \"sometimes\" is not allowed; allowed are missing, always, never")]
    [InlineData("image: x\nengine: tcp://h:1", "o.yaml:2: engine: \"tcp://h:1\" is no UNIX socket")]
    [InlineData("image: x\nengine: docker.sock", "o.yaml:2: engine: \"docker.sock\" must be an absolute path")]
    [InlineData("image: x\nlabels:\n  overseer.run_id: y", "o.yaml:3: labels.overseer.run_id: labels that begin with \"overseer.\" are set by Overseer")]
    [InlineData("image: x\nmounts:\n  - {type: bind, target: /x}", "o.yaml:3: mounts[0]: source is required for a bind")]
    [InlineData("image: x\nmounts:\n  - {type: tmpfs, target: x}", "o.yaml:3: mounts[0].target: \"x\" must be an absolute path in the container")]
    [InlineData("image: x\nmounts:\n  - {target: /x}", "o.yaml:3: mounts[0]: type is required")]
    [InlineData("image: x\nmounts: [/a:/b]", "o.yaml:2: mounts[0]: must be a mapping")]
    [InlineData("image: x\nlimits: {memory: 12, cpu: 1}", "o.yaml:2: limits.memory: ")]
    [InlineData("image: x\nlimits: {memory: 16MiB, cpu: 1}", "o.yaml:2: limits.cpu: unknown key; did you mean cpus?")]
    [InlineData("image: x\nauto_remove: maybe", "o.yaml:2: auto_remove: \"maybe\" is neither true nor false")]
    public void What_is_wrong_is_told_with_key_file_and_line(string yaml, string error)
    {
        var errors = Assert.Throws<ConfigurationException>(() => Action(yaml)).Errors.Select(found => found.ToString().Replace(_place + "/", "", StringComparison.Ordinal)).ToList();
        Assert.Contains(errors, found => found.StartsWith(error, StringComparison.Ordinal) || found.Replace("limits.", "", StringComparison.Ordinal).StartsWith(error, StringComparison.Ordinal));
    }

    [Fact]
    public void Another_configuration_starts_alike_only_when_it_says_the_same()
    {
        Assert.True(Action("image: x").StartsLike(Action("image: x\nstdout_condition: \"true\"")));
        Assert.False(Action("image: x").StartsLike(Action("image: y")));
    }

    [Fact]
    public void The_default_engine_is_the_first_that_is_there()
    {
        Assert.Equal("/x.sock", EngineSocket.Default(name => name == "DOCKER_HOST" ? "unix:///x.sock" : null, _ => true));
        Assert.Equal("/var/run/docker.sock", EngineSocket.Default(_ => null, _ => false));
        Assert.Equal("/run/podman/podman.sock", EngineSocket.Default(_ => null, path => path == "/run/podman/podman.sock"));
        Assert.Equal("/u/podman/podman.sock", EngineSocket.Default(name => name == "XDG_RUNTIME_DIR" ? "/u" : null, path => path != "/var/run/docker.sock"));
        Assert.StartsWith("DOCKER_HOST: ", Assert.Throws<FormatException>(() => EngineSocket.Default(_ => "tcp://x", _ => true)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("busybox", "busybox", "latest")]
    [InlineData("busybox:1", "busybox", "1")]
    [InlineData("reg:5000/a/b", "reg:5000/a/b", "latest")]
    [InlineData("reg:5000/a/b:2", "reg:5000/a/b", "2")]
    [InlineData("a@sha256:12", "a", "sha256:12")]
    public void Names_of_images_are_split(string image, string name, string tag) => Assert.Equal((name, tag), ImageName.Split(image));

    [Fact]
    public void The_identity_of_a_state_directory_is_kept_and_that_of_a_copy_is_another()
    {
        var first = new StateIdentity(_place).Value;
        Assert.Equal(first, new StateIdentity(_place).Value);
        var copy = Directory.CreateDirectory(Path.Combine(_place, "copy")).FullName;
        File.Copy(Path.Combine(_place, "engine-identity"), Path.Combine(copy, "engine-identity"));
        Assert.NotEqual(first, new StateIdentity(copy).Value);
    }

    private static HostedPlan Plan(IAction action, RunId run, params (string Name, string Value)[] parameters) => Assert.IsType<HostedPlan>(action.Plan(new RunRequest
    {
        TaskId = "t",
        RunId = run,
        Run = 1,
        Parameters = parameters.ToDictionary(p => p.Name, p => p.Value),
    }));

    private IAction Action(string yaml)
    {
        var file = Path.Combine(_place, "o.yaml");
        File.WriteAllText(file, yaml);
        return new DockerDriver(_ => null, _place).CreateAction(new ActionDefinition { Name = "a", Type = "docker", Config = YamlDocument.Load(file) });
    }
}
