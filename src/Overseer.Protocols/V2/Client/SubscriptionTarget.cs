namespace Overseer.Protocols.V2;

/// <summary>What a subscription is about: one task, one tag, one group, or what happens to all tasks.</summary>
internal static class SubscriptionTarget
{
    /// <summary>The error when it is not exactly one of them, else null.</summary>
    public static string? Check(string verb, string? taskId, string? tag, string? group, bool lifecycle)
    {
        int given = (taskId is null ? 0 : 1) + (tag is null ? 0 : 1) + (group is null ? 0 : 1) + (lifecycle ? 1 : 0);
        return given switch
        {
            0 => $"task_id required for {verb}",
            1 => null,
            _ => $"{verb} takes only one of task_id, tag, group and lifecycle",
        };
    }
}
