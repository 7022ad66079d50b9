using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary>Numbers of the system calls that a child makes before it becomes its program.</summary>
internal static class CallNumber
{
    internal const nint PidfdOpen = 434;
    internal const nint CloseRange = 436;

    private static readonly bool IsX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    internal static readonly nint Close = IsX64 ? 3 : 57;
    internal static readonly nint SignalAction = IsX64 ? 13 : 134;
    internal static readonly nint SignalMask = IsX64 ? 14 : 135;
    internal static readonly nint SendMessage = IsX64 ? 46 : 211;
    internal static readonly nint Execute = IsX64 ? 59 : 221;
    internal static readonly nint ChangeDirectory = IsX64 ? 80 : 49;
    internal static readonly nint SetSession = IsX64 ? 112 : 157;
    internal static readonly nint SetGroups = IsX64 ? 116 : 159;
    internal static readonly nint SetUsers = IsX64 ? 117 : 147;
    internal static readonly nint SetGroup = IsX64 ? 119 : 149;
    internal static readonly nint ExitGroup = IsX64 ? 231 : 94;
    internal static readonly nint OpenAt = IsX64 ? 257 : 56;
    internal static readonly nint Duplicate = IsX64 ? 292 : 24;
    internal static readonly nint ResourceLimit = IsX64 ? 302 : 261;
}
