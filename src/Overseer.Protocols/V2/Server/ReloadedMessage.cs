using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>What came of reading the configuration again.</summary>
public sealed record ReloadedMessage : ServerMessage
{
    private static readonly RequiredField<ReloadedMessage, bool> AppliedField =
        new("applied", WireTypes.Boolean, m => m.Applied, "True: it is in force. False: there are errors, and nothing has changed.");
    private static readonly RequiredField<ReloadedMessage, IReadOnlyList<string>> ChangesField =
        new("changes", WireTypes.Texts, m => m.Changes, "What is otherwise than before; empty when nothing is.");
    private static readonly RequiredField<ReloadedMessage, IReadOnlyList<string>> RestartField =
        new("restart", WireTypes.Texts, m => m.Restart, "What takes effect only when a task, or the server, is started again.");
    private static readonly RequiredField<ReloadedMessage, IReadOnlyList<string>> ErrorsField =
        new("errors", WireTypes.Texts, m => m.Errors, "All that is wrong, with file, line and key where there are any.");
    private static readonly RequiredField<ReloadedMessage, IReadOnlyList<string>> WarningsField =
        new("warnings", WireTypes.Texts, m => m.Warnings, "What should be known besides.");
    private static readonly RequiredField<ReloadedMessage, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<ReloadedMessage>(
        "reloaded", MessageDelivery.Direct, "What came of reading the configuration again.",
        [AppliedField, ChangesField, RestartField, ErrorsField, WarningsField, IdField],
        f => new ReloadedMessage
        {
            Applied = f.Get(AppliedField),
            Changes = f.Get(ChangesField),
            Restart = f.Get(RestartField),
            Errors = f.Get(ErrorsField),
            Warnings = f.Get(WarningsField),
            Id = f.Get(IdField),
        });

    /// <summary>Whether it is in force.</summary>
    public required bool Applied { get; init; }

    /// <summary>What is otherwise than before.</summary>
    public required IReadOnlyList<string> Changes { get; init; }

    /// <summary>What takes effect only when a task, or the server, is started again.</summary>
    public required IReadOnlyList<string> Restart { get; init; }

    /// <summary>All that is wrong.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>What should be known besides.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
