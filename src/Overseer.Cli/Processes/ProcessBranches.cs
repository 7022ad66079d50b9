using Overseer.Protocols.V2;

namespace Overseer.Cli.Processes;

/// <summary>Processes in the order of a drawn tree, each with the branch before it.</summary>
internal static class ProcessBranches
{
    /// <summary>The task's own process, its descendants below it, and at the end those whose parents have gone.</summary>
    internal static IReadOnlyList<(ProcessMember Process, string Branch)> Of(ProcessInfo tree)
    {
        IReadOnlyList<ProcessMember> members = tree.Members ?? [];
        var known = members.Select(member => member.Pid).Append(tree.Process.Pid).ToHashSet();
        ILookup<int, ProcessMember> children = members.ToLookup(member => known.Contains(member.ParentPid) ? member.ParentPid : 0);
        var rows = new List<(ProcessMember, string)> { (tree.Process, "") };
        Add(tree.Process.Pid, "");
        foreach (ProcessMember orphan in children[0])
        {
            rows.Add((orphan, "(orphan) "));
            Add(orphan.Pid, "");
        }
        return rows;

        void Add(int parent, string indent)
        {
            ProcessMember[] below = [.. children[parent]];
            for (int i = 0; i < below.Length; i++)
            {
                bool last = i == below.Length - 1;
                rows.Add((below[i], indent + (last ? "└─ " : "├─ ")));
                Add(below[i].Pid, indent + (last ? "   " : "│  "));
            }
        }
    }
}
