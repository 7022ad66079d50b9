using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Tests.Wire;

namespace Overseer.Recorder.Tests.Spawning;

/// <summary>What every spawner does alike: starts, exits, and the step that failed.</summary>
public abstract partial class SpawnerContract
{
    private readonly SpawnWay _way;

    private protected SpawnerContract(SpawnWay way) => _way = way;

    private RecorderUnderTest Start(bool ownProcess) => RecorderUnderTest.Start(ownProcess, _way);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Exit_codes_and_signals_are_known(bool ownProcess)
    {
        using var recorder = Start(ownProcess);
        Assert.Equal((0, 0), Result(recorder, RecorderUnderTest.Request("/bin/true")));
        Assert.Equal((7, 0), Result(recorder, RecorderUnderTest.Shell("exit 7")));
        Assert.Equal((255, 0), Result(recorder, RecorderUnderTest.Shell("exit 255")));
        Assert.Equal((-1, 9), Result(recorder, RecorderUnderTest.Shell("kill -9 $$")));
        Assert.Equal((-1, 15), Result(recorder, RecorderUnderTest.Shell("kill -TERM $$")));
        Assert.Equal((-1, 11), Result(recorder, RecorderUnderTest.Shell("ulimit -c 0; kill -SEGV $$")));
    }

    [Fact]
    public void Resource_usage_is_reported()
    {
        using var recorder = Start(false);
        var exit = recorder.Run(RecorderUnderTest.Shell("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"));
        Assert.True(exit.UserMicroseconds > 10_000, $"{exit.UserMicroseconds} µs");
        Assert.InRange(exit.MaxRssKilobytes, 300, 1_000_000);
    }

    [Fact]
    public void Ten_thousand_arguments_arrive()
    {
        using var recorder = Start(false);
        var request = RecorderUnderTest.Request("/usr/bin/printf", ["%s\n", .. Enumerable.Range(0, 10_000).Select(i => $"argument-{i}")]);
        Assert.Equal(0, recorder.Run(request).ExitCode);
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => $"argument-{i}"), recorder.Lines(request));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_megabytes_of_arguments_and_environment_arrive(bool ownProcess)
    {
        using var recorder = Start(ownProcess);
        string block = new('x', 100_000);
        var request = RecorderUnderTest.Request("/bin/sh", ["-c", "echo $#; env | wc -c", "sh", .. Enumerable.Repeat(block, 9)]) with
        {
            Environment = [new("PATH", "/usr/bin:/bin"), .. Enumerable.Range(0, 9).Select(i => new KeyValuePair<string, string>($"V{i}", block))],
        };
        Assert.Equal(0, recorder.Run(request).ExitCode);
        var lines = recorder.Lines(request);
        Assert.Equal("9", lines[0]);
        Assert.InRange(int.Parse(lines[1]), 900_000, 901_000);
    }

    [Fact]
    public void The_largest_argument_arrives_and_one_byte_more_is_refused_by_name()
    {
        using var recorder = Start(false);
        var largest = RecorderUnderTest.Request("/bin/sh", "-c", "echo ${#1}", "sh", new string('a', 131_071));
        Assert.Equal(0, recorder.Run(largest).ExitCode);
        Assert.Equal(["131071"], recorder.Lines(largest));

        var failure = recorder.Fail(RecorderUnderTest.Request("/bin/sh", "-c", "echo ${#1}", "sh", new string('a', 131_072)));
        Assert.Equal(SpawnStep.Arguments, failure.Step);
        Assert.Equal("cannot execute /bin/sh: argument 4 has 131072 bytes; one argument has at most 131071 (a limit of the kernel)", failure.Message);
    }

    [Fact]
    public void More_arguments_than_the_kernel_takes_are_refused_with_their_size()
    {
        using var recorder = Start(false);
        var failure = recorder.Fail(RecorderUnderTest.Request("/bin/true", [.. Enumerable.Repeat(new string('a', 100_000), 80)]));
        Assert.Equal((SpawnStep.Arguments, 7), (failure.Step, failure.Errno));
        Assert.Contains("together have 80", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nul_characters_and_relative_paths_are_refused()
    {
        using var recorder = Start(false);
        Assert.Equal(SpawnStep.Arguments, recorder.Fail(RecorderUnderTest.Request("/bin/echo", "a\0b")).Step);
        Assert.Equal(SpawnStep.File, recorder.Fail(RecorderUnderTest.Request("bin/echo")).Step);
        Assert.Equal(SpawnStep.WorkingDirectory, recorder.Fail(RecorderUnderTest.Request("/bin/echo") with { WorkingDirectory = "tmp" }).Step);
        Assert.Equal(SpawnStep.Arguments, recorder.Fail(RecorderUnderTest.Request("/bin/echo") with { Environment = [new("A=B", "c")] }).Step);
    }

    [Fact]
    public void A_program_may_start_in_its_directory_and_not_in_one_that_is_gone()
    {
        using var recorder = Start(false);
        string directory = Directory.CreateDirectory(Path.Combine(recorder.Root, "work dir")).FullName;
        var request = RecorderUnderTest.Shell("pwd") with { WorkingDirectory = directory };
        recorder.Run(request);
        Assert.Equal([directory], recorder.Lines(request));

        Directory.Delete(directory);
        var failure = recorder.Fail(RecorderUnderTest.Shell("pwd") with { WorkingDirectory = directory });
        Assert.Equal((SpawnStep.WorkingDirectory, 2, directory), (failure.Step, failure.Errno, failure.Path));
        Assert.Equal($"cannot start in the working directory {directory}: no such file or directory (ENOENT)", failure.Message);

        var file = recorder.Fail(RecorderUnderTest.Shell("pwd") with { WorkingDirectory = "/etc/passwd" });
        Assert.Equal((SpawnStep.WorkingDirectory, 20), (file.Step, file.Errno));
    }

    [Fact]
    public void A_missing_program_is_told_from_a_missing_interpreter()
    {
        using var recorder = Start(false);
        var missing = recorder.Fail(RecorderUnderTest.Request("/no/such"));
        Assert.Equal((SpawnStep.File, 2, "/no/such"), (missing.Step, missing.Errno, missing.Path));
        Assert.Equal("cannot execute /no/such: no such file or directory (ENOENT)", missing.Message);

        string script = Script(recorder, "script", "#! /no/interpreter -x\necho\n");
        var interpreter = recorder.Fail(RecorderUnderTest.Request(script));
        Assert.Equal((SpawnStep.Interpreter, 2, "/no/interpreter"), (interpreter.Step, interpreter.Errno, interpreter.Path));
        Assert.Contains($"cannot execute {script}: its interpreter /no/interpreter", interpreter.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_executed_is_said_with_its_reason()
    {
        using var recorder = Start(false);
        string plain = Path.Combine(recorder.Root, "plain");
        File.WriteAllText(plain, "#!/bin/sh\n");
        var permission = recorder.Fail(RecorderUnderTest.Request(plain));
        Assert.Equal((SpawnStep.Permission, 13), (permission.Step, permission.Errno));

        Assert.Contains("it is a directory", recorder.Fail(RecorderUnderTest.Request("/etc")).Message, StringComparison.Ordinal);

        var noFormat = recorder.Fail(RecorderUnderTest.Request(Script(recorder, "text", "just text\n")));
        Assert.Equal((SpawnStep.File, 8), (noFormat.Step, noFormat.Errno));
    }

    [Fact]
    public void What_this_recorder_cannot_do_yet_is_refused_and_starts_nothing()
    {
        using var recorder = Start(false);
        Assert.Equal(SpawnStep.Unsupported, recorder.Fail(RecorderUnderTest.Request("/bin/true") with { Terminal = new TerminalSize(80, 25) }).Step);
        Assert.Equal(SpawnStep.Unsupported, recorder.Fail(RecorderUnderTest.Request("/bin/true") with { Limits = new SpawnLimits { CpuMilli = 500 } }).Step);
        Assert.Equal(SpawnStep.Unsupported, recorder.Fail(RecorderUnderTest.Request("/bin/true") with { FlightSlot = 1 }).Step);
        Assert.Empty(recorder.Events.All.OfType<RecordedEvents.Started>());
    }

    [Fact]
    public void A_failed_start_costs_no_descriptor()
    {
        using var recorder = Start(true);
        var missing = RecorderUnderTest.Request("/no/such");
        recorder.Fail(missing);
        int before = Directory.GetFiles($"/proc/{recorder.Link.RecorderPid}/fd").Length;
        for (int i = 0; i < 100; i++)
            recorder.Fail(missing with { RunId = Guid.NewGuid() });
        Assert.InRange(Directory.GetFiles($"/proc/{recorder.Link.RecorderPid}/fd").Length, before - 1, before + 1);
    }

    private static (int Code, int Signal) Result(RecorderUnderTest recorder, SpawnRequest request)
    {
        var exit = recorder.Run(request);
        return (exit.ExitCode, exit.Signal);
    }

    private static string Script(RecorderUnderTest recorder, string name, string text)
    {
        string path = Path.Combine(recorder.Root, name);
        File.WriteAllText(path, text);
        using var handle = File.OpenHandle(path);
        Assert.Equal(0, Interop.Interop.ChangeMode((int)handle.DangerousGetHandle(), 0x140));
        return path;
    }
}
