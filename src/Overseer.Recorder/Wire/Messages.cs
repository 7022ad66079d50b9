using System.Runtime.InteropServices;
using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Wire;

// The messages of fixed size, as they lie on the wire: both ends run on one machine, so they are copied as they are.

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct HelloMessage
{
    internal int Version;
    internal int Pid;
    internal long Epoch;
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct HelloAnswerMessage
{
    internal int Version;
    internal int Pid;

    /// <summary>The highest epoch that was accepted so far.</summary>
    internal long Epoch;
    internal HelloOutcome Outcome;
}

/// <summary>What became of a hello.</summary>
internal enum HelloOutcome
{
    Accepted = 0,
    OlderEpoch = 1,
    OtherVersion = 2,
}

/// <summary>Stored, CloseJournal, CloseInput: one id. Births has one descriptor and no body; Shutdown, Ping, Export, HelloDone, Pong and ExportDone have no body.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct IdMessage
{
    internal Guid Id;
}

/// <summary>What descriptors come along, in this order.</summary>
[Flags]
internal enum RopeFlags
{
    None = 0,
    PidFd = 1,
    Stdout = 2,
    Stderr = 4,
    Stdin = 8,
}

/// <summary>
/// A run, as far as it can be had: the pidfd, unless the process has ended already; in reports of a known run the reading ends of its open streams and the writing end of its input too.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RunStartedMessage
{
    internal Guid RunId;
    internal Guid JournalId;
    internal int Pid;
    internal int Run;
    internal long ProcessStartTime;
    internal long TimeNs;
    internal RopeFlags Ropes;
    internal InputState Input;
    internal int HolderPid;
    internal long HolderStartTime;
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct JournalAdvancedMessage
{
    internal Guid JournalId;
    internal JournalEnd End;

    /// <summary>What has come since the last message that said so.</summary>
    internal JournalGrowth Growth;
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RunExitedMessage
{
    internal Guid RunId;
    internal Guid JournalId;
    internal int Pid;
    internal int Run;
    internal int ExitCode;
    internal int Signal;
    internal long UserMicroseconds;
    internal long SystemMicroseconds;
    internal long MaxRssKilobytes;
    internal long ExitSegment;
    internal long ExitOffset;
    internal JournalEnd End;
    internal long TimeNs;

    /// <summary>As in <see cref="JournalAdvancedMessage"/>: an exit overtakes the announcements of output.</summary>
    internal JournalGrowth Growth;
}

/// <summary>The server, parent of an adopted run's process, has waited for it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ReapedMessage
{
    internal Guid RunId;
    internal int ExitCode;
    internal int Signal;
    internal long UserMicroseconds;
    internal long SystemMicroseconds;
    internal long MaxRssKilobytes;
    internal long TimeNs;
}

/// <summary>
/// Adopt (server to recorder) and Handover (the answers to Export): one run. Stable: a later version may add fields at the end, so a message can be longer or shorter than this; what is missing counts
/// as zero. <see cref="Size"/> counts all bytes of the body, itself included.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct HandoverMessage
{
    internal int Size;
    internal HandoverFlags Flags;
    internal Guid RunId;
    internal Guid JournalId;
    internal int Run;
    internal int Pid;
    internal long ProcessStartTime;
    internal long StartedNs;
    internal int MaxLineBytes;
    internal int IndexIntervalBytes;
    internal long SegmentBytes;
    internal RopeFlags Ropes;
    internal int ExitCode;
    internal int Signal;
    internal long UserMicroseconds;
    internal long SystemMicroseconds;
    internal long MaxRssKilobytes;
    internal long ExitedNs;
    internal long DroppedStdout;
    internal long DroppedStderr;
    internal InputState Input;
    internal int HolderPid;
    internal long HolderStartTime;
}

/// <summary>The yes-and-no fields of a handover. The values are stable.</summary>
[Flags]
internal enum HandoverFlags
{
    None = 0,
    StartReported = 1,
    Gone = 2,
    StdoutClosed = 4,
    StderrClosed = 8,
    Exit = 16,
    BlockWhenFull = 32,
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct StreamClosedMessage
{
    internal Guid RunId;
    internal OutputStream Stream;
}

/// <summary>Followed by the path and the message, UTF-8, each as long as said here. The same form travels as Refused, to come back as SpawnFailed in its turn.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct SpawnFailedMessage
{
    internal Guid RunId;
    internal int Step;
    internal int Errno;
    internal int PathBytes;
    internal int MessageBytes;
}

/// <summary>Followed by NUL-terminated strings: file, working directory, arguments, variables (<c>K=V</c>), and the cgroup if there is one. Descriptors: stdout, stderr, and both ends of stdin, the reading end first, if it is a pipe.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct SpawnMessage
{
    internal Guid RunId;
    internal Guid JournalId;
    internal int Run;
    internal SpawnFlags Flags;
    internal int MaxLineBytes;
    internal int IndexIntervalBytes;
    internal long SegmentBytes;
    internal int Arguments;
    internal int Variables;
    internal int UserId;
    internal int GroupId;
    internal long MemoryBytes;
    internal long Processes;
    internal long OpenFiles;
    internal long CpuMilli;
    internal ushort Columns;
    internal ushort Rows;

    /// <summary>-1: none.</summary>
    internal int FlightSlot;
}

/// <summary>Which optional parts a spawn has.</summary>
[Flags]
internal enum SpawnFlags
{
    None = 0,
    StdinPipe = 1,
    User = 2,
    Limits = 4,
    Cgroup = 8,
    Terminal = 16,
    BlockWhenFull = 1 << 16,
}
