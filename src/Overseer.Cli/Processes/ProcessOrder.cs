using Overseer.Protocols.V2;

namespace Overseer.Cli.Processes;

/// <summary>What a table of processes is sorted by: what there is most of comes first, names and numbers from the beginning.</summary>
internal sealed record ProcessOrder(char Key, string Word, Comparison<ProcessInfo> Compare)
{
    /// <summary>All of them; the first is the usual one.</summary>
    internal static IReadOnlyList<ProcessOrder> All { get; } =
    [
        new('c', "cpu", static (one, other) => other.Tree.CpuPercent.CompareTo(one.Tree.CpuPercent)),
        new('m', "memory", static (one, other) => other.Tree.ResidentBytes.CompareTo(one.Tree.ResidentBytes)),
        new('t', "threads", static (one, other) => other.Tree.Threads.CompareTo(one.Tree.Threads)),
        new('d', "files", static (one, other) => (other.Tree.OpenFds ?? 0).CompareTo(one.Tree.OpenFds ?? 0)),
        new('p', "processes", static (one, other) => other.TreeSize.CompareTo(one.TreeSize)),
        new('a', "age", static (one, other) => one.Process.StartedAt.CompareTo(other.Process.StartedAt)),
        new('n', "number", static (one, other) => one.Number.CompareTo(other.Number)),
        new('s', "name", static (one, other) => string.CompareOrdinal(one.Name ?? one.TaskId, other.Name ?? other.TaskId)),
    ];

    /// <summary>The order with a word.</summary>
    internal static ProcessOrder? Find(string word) => All.FirstOrDefault(order => order.Word == word);

    /// <summary>Sorts; what is equal stays by number.</summary>
    internal IReadOnlyList<ProcessInfo> Apply(IEnumerable<ProcessInfo> processes, bool reversed)
    {
        var sorted = processes.Order(Comparer<ProcessInfo>.Create((one, other) => Compare(one, other) is not 0 and var order ? order : one.Number.CompareTo(other.Number)));
        return reversed ? [.. sorted.Reverse()] : [.. sorted];
    }
}
