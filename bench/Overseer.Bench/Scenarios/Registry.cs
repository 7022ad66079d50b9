using System.Diagnostics;
using System.Text.Json;

namespace Overseer.Bench;

/// <summary>
/// What it costs to adopt, find, rename and forget processes in a registry with few and with many entries: it must not matter. The entries come from a snapshot of goproc's and are dead; what is
/// added are processes that live. Every change is stored, and the snapshot is written anew, as goproc has it.
/// </summary>
internal sealed class Registry : IScenario
{
    private const int Added = 200;
    private const int Labelled = 10;
    private const int Asked = 100;

    public string Name => "registry";

    public string Purpose => "adopt, list by tag, rename and forget with 50, 3,000 and 100,000 entries";

    public IEnumerable<Figure> Run(BenchContext context)
    {
        if (!context.WithServer)
            yield break;

        MemoryUse? least = null;
        foreach (var entries in new[] { 50, (int)context.Sized(3_000), (int)context.Sized(100_000) })
        {
            var samples = new Samples(Name, $"{entries:N0} entries");
            var directory = PrivateDirectory.MakeUnique(context.Directory, "registry-");
            WriteSnapshot(Path.Combine(directory, "goproc.snapshot.json"), entries);
            var config = Path.Combine(directory, "registry.yaml");
            File.WriteAllText(config, $"goproc: {{socket: {directory}/goproc.sock}}\nlimits: {{max_adopted: 200000}}\n");
            var sleepers = Enumerable.Range(0, Added).Select(_ => ChildProcess.Start("/bin/sleep", ["3600"])).ToList();
            try
            {
                using var server = context.StartServer(config: config);
                using var client = WireClient.Connect(server.Address);
                Thread.Sleep(context.Smoke ? 100 : 2_000);
                var memory = MemoryUse.Of(server.Pid);
                least ??= memory;
                if (entries > 50)
                    samples.Ours("memory of an entry", (memory.Proportional - least.Value.Proportional) / (double)(entries - 50));
                Measure(context, client, sleepers, entries, samples);
            }
            finally
            {
                foreach (var sleeper in sleepers)
                {
                    sleeper.Signal(Interop.SigKill);
                    _ = sleeper.Wait(TimeSpan.FromSeconds(5));
                }
            }

            yield return samples.Figure("adopt", "adopt p50", 0.5, "ms", Better.Lower, 0.5);
            yield return samples.Figure("adopt", "adopt p99", 0.99, "ms", Better.Lower);
            yield return samples.Figure("list", $"list of {Labelled} by tag p50", 0.5, "ms", Better.Lower);
            yield return samples.Figure("rename", $"rename a tag of {Labelled} p50", 0.5, "ms", Better.Lower);
            yield return samples.Figure("forget", "forget p50", 0.5, "ms", Better.Lower);
            if (entries > 50)
                yield return samples.Figure("memory of an entry", "B", Better.Lower);
        }
    }

    private static void Measure(BenchContext context, WireClient client, IReadOnlyList<ChildProcess> sleepers, int entries, Samples samples)
    {
        var tasks = new List<string>();
        foreach (var sleeper in sleepers)
        {
            var answer = Ask(client, $$"""{"type":"adopt","id":"1","pid":{{sleeper.Pid}},"tags":["living"]}""", "adopted", samples, "adopt");
            tasks.Add(answer.GetProperty("task").GetProperty("task_id").GetString()!);
        }
        for (var i = 0; i < Asked; i++)
        {
            var listed = Ask(client, $$"""{"type":"list","id":"2","tag":"ten{{i % 2}}"}""", "tasks", samples, "list").GetProperty("tasks").GetArrayLength();
            var (from, to) = i % 2 == 0 ? ("ten0", "ten1") : ("ten1", "ten0");
            var renamed = Ask(client, $$"""{"type":"rename_label","id":"3","kind":"tag","from":"{{from}}","to":"{{to}}"}""", "renamed", samples, "rename").GetProperty("count").GetInt32();
            if (listed != Labelled || renamed != Labelled)
                context.Fault($"registry: {listed} listed and {renamed} renamed of {Labelled} with {entries} entries");
        }
        foreach (var task in tasks)
            Ask(client, $$"""{"type":"forget","id":"4","task_id":"{{task}}"}""", "forgotten", samples, "forget");
    }

    private static JsonElement Ask(WireClient client, string request, string answer, Samples samples, string name)
    {
        var begin = Stopwatch.GetTimestamp();
        client.SendJson(request);
        var message = client.Await(answer);
        samples.Ours(name, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        return message;
    }

    private static void WriteSnapshot(string path, int entries)
    {
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        json.WriteNumber("next_id", entries + 1);
        json.WriteStartArray("procs");
        for (var i = 1; i <= entries; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", i);
            json.WriteNumber("pid", 4_000_000 + i);
            json.WriteNumber("pgid", 4_000_000 + i);
            json.WriteString("cmd", $"/usr/bin/worker --queue jobs --number {i}");
            json.WriteString("name", $"worker-{i}");
            json.WriteBoolean("alive", false);
            json.WriteString("added_at", "2026-01-31T12:00:00Z");
            json.WriteString("last_seen", "2026-01-31T12:00:00Z");
            json.WriteStartObject("meta");
            json.WriteStartArray("tags");
            json.WriteStringValue("all");
            if (i <= Labelled)
                json.WriteStringValue("ten0");
            json.WriteEndArray();
            json.WriteStartArray("groups");
            json.WriteStringValue($"group-{i % 100}");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("created_unix", 1);
        json.WriteEndObject();
    }
}
