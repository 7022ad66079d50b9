namespace Overseer.Client.Tests;

/// <summary>What a server would send, to the letter.</summary>
internal static class Messages
{
    internal const string Time = "2026-01-02T03:04:05.678901Z";

    internal static string Output(string task, long seq, string data = "line", string stream = "stdout", bool partial = false)
        => $$"""{"type":"output","task_id":"{{task}}","pid":7,"stream":"{{stream}}","data":"{{data}}","seq":{{seq}},"ts":"{{Time}}"{{(partial ? ",\"partial\":true" : "")}}}""";

    internal static string Exited(string task, int code = 0, string? signal = null, int pid = 7, string ts = Time)
        => $$"""{"type":"exited","task_id":"{{task}}","pid":{{pid}},"exit_code":{{code}},{{(signal is null ? "" : $"\"signal\":\"{signal}\",")}}"intentional":false,"ts":"{{ts}}"}""";

    internal static string Started(string task, string id, int pid = 7, int? restartOf = null)
        => $$"""{"type":"started","task_id":"{{task}}","pid":{{pid}},{{(restartOf is { } old ? $"\"restart_of\":{old}," : "")}}"ts":"{{Time}}","id":"{{id}}"}""";

    internal static string Queued(string task, string id, int position = 1)
        => $$"""{"type":"queued","task_id":"{{task}}","action":"echo","position":{{position}},"ts":"{{Time}}","id":"{{id}}"}""";

    internal static string Dequeued(string task, string reason) => $$"""{"type":"dequeued","task_id":"{{task}}","reason":"{{reason}}","ts":"{{Time}}"}""";

    internal static string Restarting(string task, int pid = 7)
        => $$"""{"type":"restarting","task_id":"{{task}}","pid":{{pid}},"restart_delay":"1s","attempt":1,"ts":"{{Time}}"}""";

    internal static string Errored(string task, int exits) => $$"""{"type":"errored","task_id":"{{task}}","pid":7,"exit_count":{{exits}},"ts":"{{Time}}"}""";

    internal static string PoolUpdated(string action) => $$$"""{"type":"pool_updated","action":"{{{action}}}","pool":{"limit":2,"running":1,"queue_depth":0}}""";

    internal static string Following(string id, long last, int? history = null, bool complete = true)
        => $$"""{"type":"subscribed","lifecycle":true,"last":{{last}},{{(history is { } count ? $"\"history\":{count},\"complete\":{(complete ? "true" : "false")}," : "")}}"id":"{{id}}"}""";

    internal static string Lifecycle(long number, string happened, string task, string? state = "active", string more = "")
        => $$"""{"type":"lifecycle","event":"{{happened}}","number":{{number}},"task_id":"{{task}}","action":"echo",{{(state is null ? "" : $"\"state\":\"{state}\",")}}{{more}}"ts":"{{Time}}"}""";

    internal static string Subscribed(string task, string id, long nextSeq = 1) => $$"""{"type":"subscribed","task_id":"{{task}}","next_seq":{{nextSeq}},"id":"{{id}}"}""";

    internal static string Gap(string task, long from, long to) => $$"""{"type":"gap","task_id":"{{task}}","from_seq":{{from}},"to_seq":{{to}},"reason":"rotated"}""";

    internal static string Error(string id, string message, string? existing = null)
        => $$"""{"type":"error","message":"{{message}}",{{(existing is null ? "" : $"\"existing_task_id\":\"{existing}\",")}}"id":"{{id}}"}""";

    internal static string Replayed(string task, string id, int count) => $$"""{"type":"replayed","task_id":"{{task}}","count":{{count}},"id":"{{id}}"}""";

    internal static string Tasks(string id, params IEnumerable<string> tasks) => $$"""{"type":"tasks","tasks":[{{string.Join(",", tasks)}}],"id":"{{id}}"}""";

    internal static string Task(
        string task, long number = 1, string state = "stopped", string worker = "exited", string? name = null, int exit = 0, string? signal = null, string exitedAt = Time, string startedAt = Time)
        => $$"""
            {"task_id":"{{task}}","number":{{number}},"action":"echo",{{(name is null ? "" : $"\"name\":\"{name}\",")}}"state":"{{state}}","current_pid":7,"worker_state":"{{worker}}","restart_count":0,
            "created_at":"{{Time}}","last_started_at":"{{startedAt}}"{{(worker == "exited" ? $",\"last_exited_at\":\"{exitedAt}\",\"last_exit_code\":{exit}" : "")}}{{(signal is null ? "" : $",\"last_signal\":\"{signal}\"")}}}
            """;

    internal static string Actions(string id)
        => $$"""{"type":"actions","actions":[{"name":"echo","type":"exec","description":"print a text","params":{"text":{"default":"hi"},"to":null},"task_pool":{"limit":0,"excess":{"action":"stop","order":"first","grace":0} },"retry":{} }],"id":"{{id}}"}""";
}
