using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>One process of a task's tree.</summary>
public sealed record ProcessMember
{
    private static readonly RequiredField<ProcessMember, int> PidField = new("pid", WireTypes.Integer, m => m.Pid, "Its number.");
    private static readonly RequiredField<ProcessMember, int> ParentPidField = new("parent_pid", WireTypes.Integer, m => m.ParentPid, "Its parent's number.");
    private static readonly RequiredField<ProcessMember, DateTimeOffset> StartedAtField =
        new("started_at", WireTypes.Timestamp, m => m.StartedAt, "When it began.");
    private static readonly OptionalField<ProcessMember, string> UserField = new("user", WireTypes.Text, m => m.User, "Its effective user: the name, or the number when it has none.");
    private static readonly RequiredField<ProcessMember, IReadOnlyList<string>> CommandLineField =
        new("command_line", WireTypes.Texts, m => m.CommandLine, "Its arguments, the program's name first, as the process shows them; at most 4 KiB.");
    private static readonly RequiredField<ProcessMember, ProcessUsage> UsageField = new("usage", ProcessUsage.Schema, m => m.Usage, "What it uses.");

    internal static readonly ObjectType<ProcessMember> Schema = new(
        "ProcessMember", "One process of a task's tree.",
        [PidField, ParentPidField, StartedAtField, UserField, CommandLineField, UsageField],
        f => new ProcessMember
        {
            Pid = f.Get(PidField),
            ParentPid = f.Get(ParentPidField),
            StartedAt = f.Get(StartedAtField),
            User = f.Get(UserField),
            CommandLine = f.Get(CommandLineField),
            Usage = f.Get(UsageField),
        });

    /// <summary>Its number.</summary>
    public required int Pid { get; init; }

    /// <summary>Its parent's number.</summary>
    public required int ParentPid { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Its effective user: the name, or the number when it has none.</summary>
    public string? User { get; init; }

    /// <summary>Its arguments, the program's name first, as the process shows them; at most 4 KiB.</summary>
    public required IReadOnlyList<string> CommandLine { get; init; }

    /// <summary>What it uses.</summary>
    public required ProcessUsage Usage { get; init; }

    internal static readonly ListType<ProcessMember> List = new(Schema);
}
