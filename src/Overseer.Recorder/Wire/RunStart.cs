using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Takeover;

namespace Overseer.Recorder.Wire;

/// <summary>A program runs, or ran. The handles are the receiver's to dispose of.</summary>
/// <param name="RunId">The run.</param>
/// <param name="JournalId">Its journal.</param>
/// <param name="Run">1-based ordinal of the run in its journal.</param>
/// <param name="Pid">Process id.</param>
/// <param name="ProcessStartTime">Field 22 of <c>/proc/PID/stat</c>, clock ticks since boot; 0 when unknown.</param>
/// <param name="TimeNs">When it was started, Unix nanoseconds.</param>
/// <param name="PidFd">The process itself; invalid when it had ended before this was sent.</param>
/// <param name="StandardOutput">
/// A duplicate of the pipe's reading end: set when the recorder reports a run that it knew before (to a new connection, or to one that asks again) and the stream is open; null in the first
/// answer to a <see cref="RecorderLink.Spawn"/> or <see cref="RecorderLink.Adopt"/>, whose sender has it. Also null when the recorder has no descriptor left to duplicate it with.
/// </param>
/// <param name="StandardError">As <paramref name="StandardOutput"/>.</param>
public sealed record RunStart(
    Guid RunId,
    Guid JournalId,
    int Run,
    int Pid,
    long ProcessStartTime,
    long TimeNs,
    SafeHandle PidFd,
    SafeFileHandle? StandardOutput,
    SafeFileHandle? StandardError) : IDisposable
{
    /// <summary>What is to be said of standard input.</summary>
    public InputState Input { get; init; }

    /// <summary>
    /// A duplicate of the writing end of standard input, not blocking: set as <see cref="StandardOutput"/> is, while <see cref="Input"/> is <see cref="InputState.Open"/> and the process has not ended.
    /// </summary>
    public SafeFileHandle? StandardInput { get; init; }

    /// <summary>Who else holds that end.</summary>
    public InputHolder InputHolder { get; init; }

    /// <summary>Gives all handles back.</summary>
    public void Dispose()
    {
        PidFd.Dispose();
        StandardOutput?.Dispose();
        StandardError?.Dispose();
        StandardInput?.Dispose();
    }
}
