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

/// <summary>Stored, CloseJournal: one id. Shutdown and HelloDone have no body.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct IdMessage
{
    internal Guid Id;
}

/// <summary>One descriptor comes along: the pidfd, unless the process has ended already.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RunStartedMessage
{
    internal Guid RunId;
    internal Guid JournalId;
    internal int Pid;
    internal int Run;
    internal long ProcessStartTime;
    internal long TimeNs;
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct JournalAdvancedMessage
{
    internal Guid JournalId;
    internal JournalEnd End;
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

/// <summary>Followed by NUL-terminated strings: file, working directory, arguments, variables (<c>K=V</c>), and the cgroup if there is one. Descriptors: stdout, stderr, stdin if it is a pipe.</summary>
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
}
