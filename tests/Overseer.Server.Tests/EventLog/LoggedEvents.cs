using System.Text;
using System.Text.Json;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.EventLog;

/// <summary>What is in an event log, in one file or several.</summary>
internal static class LoggedEvents
{
    /// <summary>All lines, each with its end: what is not whole would not be one.</summary>
    public static List<string> Lines(params IEnumerable<string> files)
    {
        var lines = new List<string>();
        foreach (var file in files)
        {
            var text = Encoding.UTF8.GetString(ReadAll(file));
            Assert.True(text.Length == 0 || text[^1] == '\n', $"the last line of {file} has no end");
            lines.AddRange(text.Split('\n')[..^1]);
        }

        return lines;
    }

    /// <summary>The same as messages.</summary>
    public static List<WireMessage> Read(params IEnumerable<string> files) => [.. Lines(files).Select(Parse)];

    /// <summary>Waits until a line is there that fits, and gives all that are there then.</summary>
    public static async Task<List<WireMessage>> UntilAsync(string file, Func<WireMessage, bool> fits)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (true)
        {
            var text = File.Exists(file) ? Encoding.UTF8.GetString(ReadAll(file)) : "";
            var whole = text[..(text.LastIndexOf('\n') + 1)];
            var events = whole.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse).ToList();
            if (events.Exists(e => fits(e)))
            {
                return events;
            }

            Assert.False(deadline.IsCancellationRequested, $"it does not come; there are {events.Count} lines, the last ones:\n{string.Join('\n', events.TakeLast(10))}");
            await Task.Delay(20);
        }
    }

    /// <summary>A line as a message.</summary>
    public static WireMessage Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        return new WireMessage(document.RootElement.Clone());
    }

    /// <summary>The names of what happened, in order.</summary>
    public static IEnumerable<string> Types(this IEnumerable<WireMessage> events, string taskId) => events.Where(e => e.TaskId == taskId).Select(e => e.Type);

    private static byte[] ReadAll(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
