using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary>The error numbers that are told apart here (x86-64 and arm64 agree on them).</summary>
internal static class Errno
{
    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int ESRCH = 3;
    internal const int EINTR = 4;
    internal const int EIO = 5;
    internal const int E2BIG = 7;
    internal const int ENOEXEC = 8;
    internal const int EBADF = 9;
    internal const int EAGAIN = 11;
    internal const int ENOMEM = 12;
    internal const int EACCES = 13;
    internal const int EBUSY = 16;
    internal const int EEXIST = 17;
    internal const int ENODEV = 19;
    internal const int ENOTDIR = 20;
    internal const int EISDIR = 21;
    internal const int EINVAL = 22;
    internal const int ENFILE = 23;
    internal const int EMFILE = 24;
    internal const int ETXTBSY = 26;
    internal const int ENOSPC = 28;
    internal const int EPIPE = 32;
    internal const int ENAMETOOLONG = 36;
    internal const int ELOOP = 40;
    internal const int ECONNRESET = 104;
    internal const int ECONNREFUSED = 111;
    internal const int ETOOMANYREFS = 109;
    internal const int EDQUOT = 122;

    /// <summary>For people: <c>no such file or directory (ENOENT)</c>.</summary>
    internal static string Describe(int errno)
    {
        return $"{Text(errno)} ({Name(errno)})";
    }

    /// <summary>As the system says it, in a sentence: <c>no such file or directory</c>.</summary>
    internal static string Text(int errno)
    {
        string text = Marshal.GetPInvokeErrorMessage(errno);
        return text.Length > 1 && char.IsUpper(text[0]) && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }

    internal static string Name(int errno) => errno switch
    {
        EPERM => nameof(EPERM),
        ENOENT => nameof(ENOENT),
        ESRCH => nameof(ESRCH),
        EINTR => nameof(EINTR),
        EIO => nameof(EIO),
        E2BIG => nameof(E2BIG),
        ENOEXEC => nameof(ENOEXEC),
        EBADF => nameof(EBADF),
        EAGAIN => nameof(EAGAIN),
        ENOMEM => nameof(ENOMEM),
        EACCES => nameof(EACCES),
        EBUSY => nameof(EBUSY),
        EEXIST => nameof(EEXIST),
        ENODEV => nameof(ENODEV),
        ENOTDIR => nameof(ENOTDIR),
        EISDIR => nameof(EISDIR),
        EINVAL => nameof(EINVAL),
        ENFILE => nameof(ENFILE),
        EMFILE => nameof(EMFILE),
        ETXTBSY => nameof(ETXTBSY),
        ENOSPC => nameof(ENOSPC),
        EPIPE => nameof(EPIPE),
        ENAMETOOLONG => nameof(ENAMETOOLONG),
        ELOOP => nameof(ELOOP),
        ECONNRESET => nameof(ECONNRESET),
        ECONNREFUSED => nameof(ECONNREFUSED),
        ETOOMANYREFS => nameof(ETOOMANYREFS),
        EDQUOT => nameof(EDQUOT),
        _ => $"errno {errno}",
    };
}
