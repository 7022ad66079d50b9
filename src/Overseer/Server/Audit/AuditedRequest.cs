using System.Globalization;
using System.Runtime.InteropServices;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Server.Audit;

/// <summary>What was asked, in words that are safe to print: secrets masked, long texts cut.</summary>
/// <param name="What">The request's type, or <c>connect</c>.</param>
/// <param name="Target">The task, action or path; empty for none.</param>
/// <param name="Detail">What else it says; empty for nothing.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AuditedRequest(string What, string Target, string Detail)
{
    private const int MostListed = 20;

    /// <summary>A request to be let in.</summary>
    public static AuditedRequest Connect(string path) => new("connect", AuditText.Safe(path), "");

    /// <summary>A message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="actions">Which parameters of an action are secret.</param>
    public static AuditedRequest Of(ClientMessage message, ActionCatalog actions) => message switch
    {
        StartMessage { Action: { } action } start => Start(start, action, actions),
        StartMessage start => new("start", AuditText.Safe(start.Command), AuditText.Safe(Named("task_id", start.TaskId) + Listed(start.Args ?? []))),
        StopMessage { TaskId: { } taskId } => new("stop", AuditText.Safe(taskId), ""),
        StopMessage stop => new("stop", string.Create(CultureInfo.InvariantCulture, $"pid {stop.Pid}"), ""),
        ResetMessage reset => new("reset", AuditText.Safe(reset.TaskId), ""),
        InputMessage input => new("input", AuditText.Safe(input.TaskId), string.Create(CultureInfo.InvariantCulture, $"{input.Data.Length} bytes{(input.Eof ? ", eof" : "")}")),
        AdoptMessage { Container: { } container } adopt => new("adopt", AuditText.Safe($"container {container}"), AuditText.Safe(Named("name", adopt.Name) + Named("engine", adopt.Engine))),
        AdoptMessage adopt => new("adopt", string.Create(CultureInfo.InvariantCulture, $"pid {adopt.Pid}"), AuditText.Safe(Named("name", adopt.Name))),
        ForgetMessage forget => new("forget", AuditText.Safe(forget.TaskId), ""),
        RenameLabelMessage rename => new("rename_label", AuditText.Safe(rename.From), AuditText.Safe($"{rename.Kind} to {rename.To}")),
        SignalMessage signal => new("signal", AuditText.Safe(signal.TaskId), AuditText.Safe(signal.Signal) + (signal.Tree ? " to the tree" : "")),
        SetPoolMessage set => new("set_pool", AuditText.Safe(set.Action), Change(set)),
        PurgeMessage purge => new("purge", AuditText.Safe(purge.Action), ""),
        _ => new(message.Definition.Name, "", ""),
    };

    private static AuditedRequest Start(StartMessage start, string action, ActionCatalog actions)
    {
        var mask = MaskOf(start, action, actions);
        var shown = mask.Parameters(start.Params)?.Take(MostListed).Select(pair => $"{pair.Key}={pair.Value}");
        return new("start", AuditText.Safe(action), AuditText.Safe(Named("task_id", start.TaskId) + mask.Text(Listed(shown ?? []))));
    }

    // The parameters are described by a driver, which is somebody else's code: when it fails, nothing of them is shown.
    private static SecretMask MaskOf(StartMessage start, string action, ActionCatalog actions)
    {
        try
        {
            return actions.Find(action) is { } entry ? SecretMask.For(entry.Action.Parameters, start.Params) : SecretMask.ForUnknownAction(start.Params);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return SecretMask.ForUnknownAction(start.Params);
        }
    }

    private static string Change(SetPoolMessage set)
    {
        (string Name, object? Value)[] fields =
        [
            ("size", set.Size ?? set.Limit), ("queue_size", set.QueueSize),
            ("excess.action", set.Excess?.Action), ("excess.order", set.Excess?.Order), ("excess.grace", set.Excess?.Grace),
        ];
        return string.Join(' ', fields.Where(field => field.Value is not null).Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Name}={field.Value}")));
    }

    private static string Named(string name, string? value) => value is null ? "" : $"{name}={value} ";

    private static string Listed(IEnumerable<string> items) => string.Join(' ', items.Take(MostListed)).TrimEnd();
}
