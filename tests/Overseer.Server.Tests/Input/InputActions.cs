using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Input;

/// <summary>Actions whose tasks read what clients write.</summary>
internal static class InputActions
{
    /// <summary>Two actions that run the shell script in their parameter <c>script</c>: <c>in</c>, whose standard input is a pipe, and <c>sh</c>.</summary>
    public const string Yaml = RunningServer.Shell + """
          in:
            type: exec
            config:
              entrypoint: sh
              command: ["-c", "[[.script]]"]
              stdin: pipe
              parameters: {script: }

        """;

    /// <summary>Starts a task that reads, and waits for the answer.</summary>
    public static Task<WireMessage> StartReaderAsync(this WireClient client, string taskId, string script) =>
        client.AskAsync("start", ("action", "in"), ("task_id", taskId), ("params", new System.Text.Json.Nodes.JsonObject { ["script"] = script }));

    /// <summary>Writes to a task, and gives the answer: its type, or the message of an error.</summary>
    public static async Task<string?> InputAsync(this WireClient client, string taskId, string data, bool? eof = null)
    {
        var answer = eof is { } end
            ? await client.AskAsync("input", ("task_id", taskId), ("data", data), ("eof", end))
            : await client.AskAsync("input", ("task_id", taskId), ("data", data));
        return answer.Type == "error" ? answer.Message : $"{answer.Type} {answer.TaskId}";
    }

    /// <summary>The next line of a task.</summary>
    public static async Task<string?> LineAsync(this WireClient client, string taskId) => (await client.ExpectAsync("output", taskId)).Data;
}
