using System.Diagnostics;
using Overseer.Recorder.Interop;
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

    /// <summary>What a pipe takes without a reader, in bytes.</summary>
    public const int PipeBytes = 65_536;

    /// <summary>Starts a task that reads, and waits for the answer.</summary>
    public static Task<WireMessage> StartReaderAsync(this WireClient client, string taskId, string script) =>
        client.AskAsync("start", ("action", "in"), ("task_id", taskId), ("params", new System.Text.Json.Nodes.JsonObject { ["script"] = script }));

    /// <summary>Writes to a task, and gives the answer: its type, or the message of an error. What the task says to it is still to be read, whichever comes first.</summary>
    public static async Task<string?> InputAsync(this WireClient client, string taskId, string data, bool? eof = null)
    {
        var answer = eof is { } end
            ? await client.AskBesideEventsAsync("input", ("task_id", taskId), ("data", data), ("eof", end))
            : await client.AskBesideEventsAsync("input", ("task_id", taskId), ("data", data));
        return answer.Type == "error" ? answer.Message : $"{answer.Type} {answer.TaskId}";
    }

    /// <summary>Waits until as much of an input as fits lies in the task's pipe, which it does not read.</summary>
    public static async Task PipeFilledAsync(this WireMessage started)
    {
        var begin = Stopwatch.GetTimestamp();
        while (BytesIn(started.Pid) < PipeBytes)
        {
            Assert.True(Stopwatch.GetElapsedTime(begin) < WireClient.Deadline, "nobody fills the pipe");
            await Task.Delay(10);
        }
    }

    /// <summary>The next line of a task.</summary>
    public static async Task<string?> LineAsync(this WireClient client, string taskId) => (await client.ExpectAsync("output", taskId)).Data;

    private static int BytesIn(int pid)
    {
        using var input = File.OpenHandle($"/proc/{pid}/fd/0");
        return Interop.BytesReadable((int)input.DangerousGetHandle());
    }
}
