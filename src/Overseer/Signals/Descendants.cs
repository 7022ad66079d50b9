using Overseer.Recorder.Processes;

namespace Overseer.Signals;

/// <summary>A process and everybody that came of it, as one look at all processes finds them by their parents.</summary>
internal static class Descendants
{
    /// <summary>The process first, if it is there; then its children, theirs, and so on.</summary>
    public static IReadOnlyList<ProcessIdentity> Of(ProcessIdentity root)
    {
        var look = ProcessSnapshot.Take();
        if (!look.TryFind(root.Pid, out var first) || first.Identity != root)
        {
            return [];
        }

        var children = look.Processes.ToLookup(process => process.Parent);
        List<ProcessIdentity> found = [root];
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(children[found[i].Pid].Select(child => child.Identity));
        }

        return found;
    }
}
