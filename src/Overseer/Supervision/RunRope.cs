using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Wire;

namespace Overseer.Supervision;

/// <summary>What the server holds of one run. Guarded by <see cref="RunRopes"/>.</summary>
internal sealed class RunRope : IDisposable
{
    /// <summary>The run.</summary>
    public required Guid Run { get; init; }

    /// <summary>Its journal.</summary>
    public required Guid Journal { get; init; }

    /// <summary>Its ordinal in the journal.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Its process; 0 as long as none was reported.</summary>
    public int Pid { get; private set; }

    /// <summary>Start time of that process.</summary>
    public long ProcessStartTime { get; private set; }

    /// <summary>The process that it seems to have, as long as none was reported; its start time is 0 when that is not known.</summary>
    public ProcessIdentity Presumed { get; set; }

    /// <summary>When it was started, Unix ns.</summary>
    public long StartedNs { get; private set; }

    /// <summary>Whether the process is over.</summary>
    public bool Over { get; private set; }

    /// <summary>The process itself, as long as its end was not reported.</summary>
    public SafeHandle? PidFd { get; private set; }

    /// <summary>The reading end of its standard output, while it is open.</summary>
    public SafeFileHandle? StandardOutput { get; private set; }

    /// <summary>The reading end of its standard error, while it is open.</summary>
    public SafeFileHandle? StandardError { get; private set; }

    /// <summary>Whether standard output has ended.</summary>
    public bool StandardOutputClosed { get; private set; }

    /// <summary>Whether standard error has ended.</summary>
    public bool StandardErrorClosed { get; private set; }

    /// <summary>What is to be said of standard input.</summary>
    public InputState Input { get; private set; }

    /// <summary>The writing end of standard input, while the process lives and its input was not ended.</summary>
    public SafeFileHandle? StandardInput { get; private set; }

    /// <summary>Who else holds that end, beside the recorder.</summary>
    public InputHolder InputHolder { get; private set; }

    /// <summary>The pipes' numbers.</summary>
    public PipeInodes Inodes { get; set; }

    /// <summary>Nothing can come of the run any more.</summary>
    public bool IsSlack => Over && StandardOutputClosed && StandardErrorClosed;

    /// <summary>Whether its process is, or seems to be, that one. Where a start time was never learnt, the pid decides.</summary>
    public bool Is(ProcessIdentity process)
    {
        var own = Pid == 0 ? Presumed : new ProcessIdentity(Pid, ProcessStartTime);
        return own.Pid == process.Pid && (own.StartTime == process.StartTime || own.StartTime == 0 || process.StartTime == 0);
    }

    /// <summary>Takes the pipes over; false when it has some or is past needing them.</summary>
    public bool TryTake(SafeFileHandle? stdout, SafeFileHandle? stderr)
    {
        if (StandardOutput is not null || StandardError is not null || StandardOutputClosed || StandardErrorClosed)
        {
            return false;
        }

        StandardOutput = stdout;
        StandardError = stderr;
        Inodes = PipeInodes.Of(stdout, stderr);
        return true;
    }

    /// <summary>Takes its process over, which nobody has reported; false when one was.</summary>
    public bool TryTake(int pid, SafeHandle process)
    {
        if (Pid != 0 || Over)
        {
            return false;
        }

        PidFd?.Dispose();
        PidFd = process;
        Presumed = new ProcessIdentity(pid, 0);
        return true;
    }

    /// <summary>Takes the writing end of the input over; false when it is past needing one.</summary>
    public bool TryTake(SafeFileHandle stdin)
    {
        if (Over || Input == InputState.Closed || StandardInput is not null)
        {
            return false;
        }

        StandardInput = stdin;
        Input = InputState.Open;
        return true;
    }

    /// <summary>What was found of the input when server and recorder had died together.</summary>
    public void Take(HeldInput? found)
    {
        if (found is not null)
        {
            InputHolder = found.Holder;
            if (!TryTake(found.Pipe))
            {
                found.Pipe.Dispose();
            }
        }
        else if (Input == InputState.None)
        {
            Input = InputState.Unknown;
        }
    }

    /// <summary>The input is at its end.</summary>
    public void CloseInput()
    {
        Input = InputState.Closed;
        InputHolder = default;
        StandardInput?.Dispose();
        StandardInput = null;
    }

    /// <summary>There is a process.</summary>
    public void Start(RunStart start)
    {
        // One that has ended by now comes without its pidfd; whoever holds that can still be told how.
        var same = start.Pid == (Pid == 0 ? Presumed.Pid : Pid);
        if (!same || PidFd is null || !start.PidFd.IsInvalid)
        {
            PidFd?.Dispose();
            PidFd = start.PidFd;
        }

        Pid = start.Pid;
        ProcessStartTime = start.ProcessStartTime;
        StartedNs = start.TimeNs;

        StartInput(start);
        if (start.StandardOutput is null && start.StandardError is null)
        {
            return;
        }

        // The recorder's own: what a request that was sent twice brought along leads nowhere.
        StandardOutput?.Dispose();
        StandardError?.Dispose();
        StandardOutput = start.StandardOutput;
        StandardError = start.StandardError;
        Inodes = PipeInodes.Of(StandardOutput, StandardError);
    }

    /// <summary>What a former recorder knew of its end.</summary>
    public void Take(RunHandover run)
    {
        if (run.StandardOutputClosed)
        {
            Close(OutputStream.Stdout);
        }

        if (run.StandardErrorClosed)
        {
            Close(OutputStream.Stderr);
        }
    }

    /// <summary>A stream has ended.</summary>
    public void Close(OutputStream stream)
    {
        if (stream == OutputStream.Stderr)
        {
            StandardErrorClosed = true;
            StandardError?.Dispose();
            StandardError = null;
        }
        else
        {
            StandardOutputClosed = true;
            StandardOutput?.Dispose();
            StandardOutput = null;
        }
    }

    /// <summary>The process is over.</summary>
    public void End()
    {
        Over = true;
        StandardInput?.Dispose();
        StandardInput = null;
        PidFd?.Dispose();
        PidFd = null;
    }

    public void Dispose()
    {
        PidFd?.Dispose();
        StandardOutput?.Dispose();
        StandardError?.Dispose();
        StandardInput?.Dispose();
    }

    private void StartInput(RunStart start)
    {
        if (start.Input == InputState.Closed)
        {
            CloseInput();
        }

        if (Over || Input == InputState.Closed)
        {
            // What the recorder said before it heard of that.
            start.StandardInput?.Dispose();
            return;
        }

        Input = start.Input;
        InputHolder = start.InputHolder;
        if (start.StandardInput is not null)
        {
            // As with the output: the recorder's own.
            StandardInput?.Dispose();
            StandardInput = start.StandardInput;
        }
    }
}
