using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Tests.Takeover;

/// <summary>What a server knows of a run, and its ropes.</summary>
internal sealed class KeptRun(SpawnRequest request, int lines, int exitCode)
{
    internal SpawnRequest Request { get; } = request;

    /// <summary>How many lines it prints on each stream.</summary>
    internal int Lines { get; } = lines;

    internal int ExitCode { get; } = exitCode;

    internal RunHandles? Pipes { get; set; }

    internal PipeInodes Inodes { get; set; }

    internal RunStart? Start { get; set; }

    internal ExitRecord? Exit { get; set; }

    internal bool StdoutClosed { get; set; }

    internal bool StderrClosed { get; set; }

    /// <summary>Nothing more comes of it.</summary>
    internal bool Over => Exit is not null && StdoutClosed && StderrClosed;

    internal RunHandover Handover(bool startReported = true) => new()
    {
        RunId = Request.RunId,
        JournalId = Request.JournalId,
        Run = Request.Run,
        Pid = Start!.Pid,
        ProcessStartTime = Start.ProcessStartTime,
        StartedNs = Start.TimeNs,
        Journal = Request.Journal,
        StartReported = startReported,
        PidFd = Start.PidFd,
        StandardOutput = StdoutClosed ? null : Pipes?.StandardOutput,
        StandardError = StderrClosed ? null : Pipes?.StandardError,
        StandardOutputClosed = StdoutClosed,
        StandardErrorClosed = StderrClosed,
        Input = Start.Input,
        StandardInput = Pipes?.StandardInput,
        InputHolder = Start.InputHolder,
    };
}
