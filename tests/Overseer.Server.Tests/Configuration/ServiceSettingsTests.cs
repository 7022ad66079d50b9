using System.Globalization;
using Overseer.Configuration;

namespace Overseer.Server.Tests.Configuration;

/// <summary>What a service manager changes, and the settings for it.</summary>
public sealed class ServiceSettingsTests : ConfigurationFixture
{
    private static readonly string Own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("{}", false)]
    [InlineData("{}", true, "NOTIFY_SOCKET=/run/systemd/notify")]
    [InlineData("{}", true, "INVOCATION_ID=abc")]
    [InlineData("{}", true, "INVOCATION_ID=abc", "SYSTEMD_EXEC_PID=OWN")]
    [InlineData("{}", false, "INVOCATION_ID=abc", "SYSTEMD_EXEC_PID=1")]
    [InlineData("{}", false, "INVOCATION_ID=")]
    [InlineData("shutdown: stop", false, "NOTIFY_SOCKET=/n")]
    [InlineData("shutdown: {tasks: stop}", false, "NOTIFY_SOCKET=/n")]
    [InlineData("shutdown: {grace: 1s}", true, "NOTIFY_SOCKET=/n")]
    [InlineData("shutdown: keep", true)]
    [InlineData("shutdown: {tasks: keep}", true)]
    public void Tasks_are_kept_by_a_service_and_stopped_otherwise_unless_the_file_says(string yaml, bool keep, params string[] environment)
    {
        var variables = environment.Select(one => one.Replace("OWN", Own, StringComparison.Ordinal).Split('=')).Select(pair => (pair[0], pair[1])).ToArray();
        Assert.Equal(keep, Load(yaml, variables).Shutdown.KeepTasks);
    }

    [Theory]
    [InlineData("{}", "keep", true)]
    [InlineData("shutdown: stop", "keep", true)]
    [InlineData("shutdown: {tasks: keep, grace: 3s}", "stop", false)]
    public void The_flag_wins_over_the_file_and_leaves_its_grace_time(string yaml, string flag, bool keep)
    {
        var shutdown = Load(Sources(yaml) with { Shutdown = flag }).Shutdown;

        Assert.Equal(keep, shutdown.KeepTasks);
        Assert.Equal(yaml.Contains("grace", StringComparison.Ordinal) ? TimeSpan.FromSeconds(3) : null, shutdown.Grace);
    }

    [Fact]
    public void Who_starts_the_recorder_is_said_by_flag_variable_or_file()
    {
        Assert.Equal(RecorderMode.Launch, Load("{}").Recorder);
        Assert.Equal(RecorderMode.Connect, Load("recorder: connect").Recorder);
        Assert.Equal(RecorderMode.Connect, Load("recorder: launch", ("OVERSEER_RECORDER", "connect")).Recorder);
        Assert.Equal(RecorderMode.Launch, Load(Sources("recorder: connect", ("OVERSEER_RECORDER", "connect")) with { Recorder = "launch" }).Recorder);
    }

    [Fact]
    public void Groups_can_be_turned_off()
    {
        Assert.Equal(CgroupMode.Auto, Load("{}").Cgroups);
        Assert.Equal(CgroupMode.Off, Load("cgroups: off").Cgroups);
    }

    [Fact]
    public void Other_words_are_refused_with_those_that_are_allowed()
    {
        Assert.Equal(
            [
                "c.yaml:1: shutdown: \"kept\" is not allowed; allowed are stop, keep (did you mean keep?)",
                "c.yaml:2: recorder: \"none\" is not allowed; allowed are launch, connect",
                "c.yaml:3: cgroups: \"on\" is not allowed; allowed are auto, off",
            ],
            ErrorsOf("shutdown: kept\nrecorder: none\ncgroups: on"));
    }
}
