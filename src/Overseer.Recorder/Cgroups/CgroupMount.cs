using System.Text;

namespace Overseer.Recorder.Cgroups;

/// <summary>Where the unified hierarchy (cgroup v2) is mounted: <c>/sys/fs/cgroup</c>, or <c>/sys/fs/cgroup/unified</c> beside the older controllers.</summary>
/// <param name="Path">The mount point.</param>
/// <param name="Root">The group that is to be found there; <c>/</c> but for a container that was given a part of the tree without a cgroup namespace.</param>
internal sealed record CgroupMount(string Path, string Root)
{
    /// <summary>The mount of this process; null when there is none.</summary>
    /// <exception cref="IOException">/proc is not there.</exception>
    internal static CgroupMount? Find() => Find(File.ReadLines("/proc/self/mountinfo"));

    /// <summary>Reads lines of proc_pid_mountinfo(5). A later mount lies over an earlier one at the same place; one of the usual places wins over others.</summary>
    internal static CgroupMount? Find(IEnumerable<string> mountInfo)
    {
        CgroupMount? found = null;
        foreach (string line in mountInfo)
        {
            string[] fields = line.Split(' ');
            int separator = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
            if (separator < 0 || separator + 1 >= fields.Length || fields[separator + 1] != "cgroup2")
                continue;
            var mount = new CgroupMount(Unescape(fields[4]), Unescape(fields[3]));
            if (found is null || mount.Path.StartsWith("/sys/fs/cgroup", StringComparison.Ordinal))
                found = mount;
        }
        return found;
    }

    /// <summary>The directory of a group as /proc/PID/cgroup names it; null when it lies outside of what is mounted.</summary>
    internal string? DirectoryOf(string group)
    {
        // A group above the namespace's root is shown with dots, one that was removed with a remark.
        if (group.Contains("/..", StringComparison.Ordinal) || group.EndsWith(" (deleted)", StringComparison.Ordinal))
            return null;
        string inside = group;
        if (Root != "/")
        {
            if (group != Root && !group.StartsWith(Root + "/", StringComparison.Ordinal))
                return null;
            inside = group[Root.Length..];
        }
        string trimmed = inside.Trim('/');
        return trimmed.Length == 0 ? Path : $"{Path}/{trimmed}";
    }

    /// <summary>Blanks and backslashes are written as octal numbers there.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\'))
            return field;
        var text = new StringBuilder(field.Length);
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length)
            {
                text.Append((char)Convert.ToInt32(field.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
            {
                text.Append(field[i]);
            }
        }
        return text.ToString();
    }
}
