using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Takeover;

namespace Overseer.Recorder.Wire;

/// <summary>
/// A run that goes from one recorder to the next: what the new one has to know, and the ropes to it. Given to <see cref="RecorderLink.Adopt"/> the handles stay the caller's; received from a
/// recorder that was replaced (<see cref="RecorderConnection.TakenOver"/>) they are the receiver's to dispose of.
/// </summary>
public sealed record RunHandover : IDisposable
{
    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Its journal.</summary>
    public required Guid JournalId { get; init; }

    /// <summary>1-based ordinal of the run in its journal.</summary>
    public required int Run { get; init; }

    /// <summary>Process id.</summary>
    public required int Pid { get; init; }

    /// <summary>
    /// Field 22 of <c>/proc/PID/stat</c>. 0 when it was never learnt (the recorder died between the start and its report): then the process is believed to be the run's if it holds the run's pipe or
    /// carries its id in its environment.
    /// </summary>
    public long ProcessStartTime { get; init; }

    /// <summary>When it was started, Unix nanoseconds; 0 when that was never learnt: now.</summary>
    public long StartedNs { get; init; }

    /// <summary>How the journal is written when it has to be opened.</summary>
    public JournalOptions Journal { get; init; } = new();

    /// <summary>Whether the server has been told of the start. If not, the journal may lack its record: the recorder looks, and writes it.</summary>
    public bool StartReported { get; init; }

    /// <summary>
    /// The process cannot be alive and nothing of it can be had (the machine was started anew): no pid is looked at. If the journal has no exit of the run, it gets a gap
    /// (<see cref="GapReason.RecorderLost"/>) and an exit, with <see cref="Exit"/> or unknown.
    /// </summary>
    public bool Gone { get; init; }

    /// <summary>The process; null or invalid when nobody holds it: the recorder opens it by pid and start time if it lives.</summary>
    public SafeHandle? PidFd { get; init; }

    /// <summary>The reading end of the pipe, not blocking; null when there is none.</summary>
    public SafeFileHandle? StandardOutput { get; init; }

    /// <summary>The reading end of the pipe, not blocking; null when there is none.</summary>
    public SafeFileHandle? StandardError { get; init; }

    /// <summary>The stream had ended, and <see cref="StandardOutput"/> is null because of it. Without this, a missing pipe means lost output, and a gap says so.</summary>
    public bool StandardOutputClosed { get; init; }

    /// <summary>As <see cref="StandardOutputClosed"/>.</summary>
    public bool StandardErrorClosed { get; init; }

    /// <summary>What is to be said of standard input.</summary>
    public InputState Input { get; init; }

    /// <summary>The writing end of standard input, not blocking; null when nobody holds it or it is no pipe.</summary>
    public SafeFileHandle? StandardInput { get; init; }

    /// <summary>Who else holds that end.</summary>
    public InputHolder InputHolder { get; init; }

    /// <summary>How it ended, when the server knows that already.</summary>
    public ExitStatus? Exit { get; init; }

    /// <summary>Bytes of standard output that were dropped for want of space and that no gap tells of yet.</summary>
    internal long DroppedStdout { get; init; }

    /// <summary>Bytes of standard error that were dropped for want of space and that no gap tells of yet.</summary>
    internal long DroppedStderr { get; init; }

    /// <summary>Gives all handles back.</summary>
    public void Dispose()
    {
        PidFd?.Dispose();
        StandardOutput?.Dispose();
        StandardError?.Dispose();
        StandardInput?.Dispose();
    }
}
