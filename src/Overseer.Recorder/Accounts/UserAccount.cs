using System.Globalization;
using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Accounts;

/// <summary>A user of this machine, as the C library knows it: from /etc/passwd or whatever else nsswitch.conf(5) names.</summary>
/// <param name="UserId">Its number.</param>
/// <param name="GroupId">Its first group.</param>
/// <param name="Name">Its name; null for a number that nobody has.</param>
/// <param name="Home">Its directory; null for a number that nobody has.</param>
internal sealed unsafe record UserAccount(int UserId, int GroupId, string? Name, string? Home)
{
    private const int BufferBytes = 16 * 1024;
    private const int LargestBufferBytes = 1024 * 1024;
    private const int TooSmall = 34; // ERANGE

    /// <summary>Reads <c>NAME</c>, <c>UID</c>, <c>NAME:GROUP</c> or <c>UID:GID</c>. A number stands for itself: it needs no account, and then its group is the same number.</summary>
    /// <param name="text">What to read.</param>
    /// <param name="problem">What is wrong with it; empty when nothing is.</param>
    /// <returns>Null when there is no such user or group.</returns>
    internal static UserAccount? Parse(string text, out string problem)
    {
        problem = "";
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string user = colon < 0 ? text : text[..colon];
        var account = Number(user) is { } id ? ById(id) ?? new UserAccount(id, id, null, null) : ByName(user);
        if (account is null)
        {
            problem = user.Length == 0 ? $"\"{text}\" names no user; allowed are NAME, UID, NAME:GROUP and UID:GID" : $"there is no user \"{user}\"";
            return null;
        }
        if (colon < 0)
            return account;
        string group = text[(colon + 1)..];
        if ((Number(group) ?? GroupByName(group)) is { } groupId)
            return account with { GroupId = groupId };
        problem = $"there is no group \"{group}\"";
        return null;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static UserAccount? ByName(string name) => name.Length == 0 || name.Contains('\0') ? null : Find(name, 0);

    /// <summary>The user with a number; null when nobody has it.</summary>
    internal static UserAccount? ById(int id) => Find(null, (uint)id);

    private static UserAccount? Find(string? name, uint id)
    {
        for (int size = BufferBytes; size <= LargestBufferBytes; size *= 4)
        {
            byte[] buffer = new byte[size];
            Libc.Passwd entry;
            Libc.Passwd* found = null;
            int errno;
            fixed (byte* start = buffer)
            {
                errno = name is null
                    ? Libc.GetUserById(id, &entry, start, (nuint)size, &found)
                    : Libc.GetUserByName(name, &entry, start, (nuint)size, &found);
                if (errno == 0 && found is not null)
                    return new UserAccount((int)entry.UserId, (int)entry.GroupId, Marshal.PtrToStringUTF8((nint)entry.Name), Marshal.PtrToStringUTF8((nint)entry.Directory));
            }
            if (errno != TooSmall)
                return null;
        }
        return null;
    }

    private static int? GroupByName(string name)
    {
        if (name.Length == 0 || name.Contains('\0'))
            return null;
        for (int size = BufferBytes; size <= LargestBufferBytes; size *= 4)
        {
            byte[] buffer = new byte[size];
            Libc.Group entry;
            Libc.Group* found = null;
            int errno;
            fixed (byte* start = buffer)
                errno = Libc.GetGroupByName(name, &entry, start, (nuint)size, &found);
            if (errno == 0 && found is not null)
                return (int)entry.GroupId;
            if (errno != TooSmall)
                return null;
        }
        return null;
    }
}
