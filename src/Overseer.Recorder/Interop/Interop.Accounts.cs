using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    /// <summary>struct passwd of pwd.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Passwd
    {
        internal byte* Name;
        internal byte* Password;
        internal uint UserId;
        internal uint GroupId;
        internal byte* Gecos;
        internal byte* Directory;
        internal byte* Shell;
    }

    /// <summary>struct group of grp.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Group
    {
        internal byte* Name;
        internal byte* Password;
        internal uint GroupId;
        internal byte** Members;
    }

    // They return an errno instead of setting it; found and not found are told apart by the last argument.
    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int GetUserByName(string name, Passwd* entry, byte* buffer, nuint size, Passwd** found);

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    internal static partial int GetUserById(uint id, Passwd* entry, byte* buffer, nuint size, Passwd** found);

    [LibraryImport("libc", EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int GetGroupByName(string name, Group* entry, byte* buffer, nuint size, Group** found);
}
