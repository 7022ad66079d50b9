using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>What the processes of a task use.</summary>
public sealed record ProcessInfo
{
    private static readonly RequiredField<ProcessInfo, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<ProcessInfo, long> NumberField = new("number", WireTypes.LongCount, m => m.Number, "The task's number in the registry.");
    private static readonly RequiredField<ProcessInfo, string> ActionField = new("action", WireTypes.Text, m => m.Action, "The action it was started from.");
    private static readonly OptionalField<ProcessInfo, string> NameField = new("name", WireTypes.Text, m => m.Name, "The task's unique name.");
    private static readonly RequiredField<ProcessInfo, ProcessMember> ProcessField =
        new("process", ProcessMember.Schema, m => m.Process, "The process that was started.");
    private static readonly RequiredField<ProcessInfo, int> TreeSizeField =
        new("tree_size", WireTypes.Positive, m => m.TreeSize, "How many processes the tree has, that one included.");
    private static readonly RequiredField<ProcessInfo, ProcessUsage> TreeField =
        new("tree", ProcessUsage.Schema, m => m.Tree, "What all of them use together.");
    private static readonly OptionalField<ProcessInfo, IReadOnlyList<ProcessMember>> MembersField =
        new("members", ProcessMember.List, m => m.Members, "The other processes of the tree, by pid; when they were asked for.");

    internal static readonly ObjectType<ProcessInfo> Schema = new(
        "ProcessInfo", "What the processes of a task use.",
        [TaskIdField, NumberField, ActionField, NameField, ProcessField, TreeSizeField, TreeField, MembersField],
        f => new ProcessInfo
        {
            TaskId = f.Get(TaskIdField),
            Number = f.Get(NumberField),
            Action = f.Get(ActionField),
            Name = f.Get(NameField),
            Process = f.Get(ProcessField),
            TreeSize = f.Get(TreeSizeField),
            Tree = f.Get(TreeField),
            Members = f.Get(MembersField),
        });

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>The task's number in the registry.</summary>
    public required long Number { get; init; }

    /// <summary>The action it was started from.</summary>
    public required string Action { get; init; }

    /// <summary>The task's unique name.</summary>
    public string? Name { get; init; }

    /// <summary>The process that was started.</summary>
    public required ProcessMember Process { get; init; }

    /// <summary>How many processes the tree has, that one included.</summary>
    public required int TreeSize { get; init; }

    /// <summary>What all of them use together.</summary>
    public required ProcessUsage Tree { get; init; }

    /// <summary>The other processes of the tree, by pid; when they were asked for.</summary>
    public IReadOnlyList<ProcessMember>? Members { get; init; }
}
