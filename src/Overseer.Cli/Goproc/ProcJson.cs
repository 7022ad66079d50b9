using System.Buffers;
using Overseer.Cli.Console;
using Overseer.Protocols.Goproc;
using Overseer.Protocols.Json;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Goproc;

/// <summary>Entries as JSON (docs/goproc.md): times as in the protocol, what is not known is left out.</summary>
internal static class ProcJson
{
    /// <summary>One array on one line.</summary>
    internal static void WriteArray(LineSink sink, IEnumerable<(Proc Proc, string? Outcome)> procs)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var output = new JsonOutput(buffer);
        bool first = true;
        output.Raw((byte)'[');
        foreach ((Proc proc, string? outcome) in procs)
        {
            if (!first)
                output.Raw((byte)',');
            first = false;
            Write(ref output, proc, outcome);
        }
        output.Raw("]\n"u8);
        output.Complete();
        sink.Write(buffer.WrittenSpan);
        sink.Flush();
    }

    /// <summary>What came of registering a process, on one line.</summary>
    internal static void WriteRegistered(LineSink sink, ulong id, long pid, bool already)
    {
        sink.Write($"{{\"id\":{id},\"pid\":{pid},\"already_registered\":{(already ? "true" : "false")}}}\n");
        sink.Flush();
    }

    private static void Write(ref JsonOutput output, Proc proc, string? outcome)
    {
        output.BeginObject();
        Number(ref output, ",\"id\":"u8, (long)proc.Id);
        Number(ref output, ",\"pid\":"u8, proc.Pid);
        Number(ref output, ",\"pgid\":"u8, proc.Pgid);
        Text(ref output, ",\"name\":"u8, proc.Name);
        output.Label(",\"cmd\":"u8);
        output.Text(proc.Cmd);
        output.Label(",\"alive\":"u8);
        output.Raw(proc.Alive ? "true"u8 : "false"u8);
        Texts(ref output, ",\"tags\":"u8, proc.Tags);
        Texts(ref output, ",\"groups\":"u8, proc.Groups);
        Time(ref output, ",\"added_at\":"u8, DateTimeOffset.FromUnixTimeSeconds(proc.AddedAtUnix));
        Time(ref output, ",\"last_seen\":"u8, DateTimeOffset.FromUnixTimeSeconds(proc.LastSeenUnix));
        Time(ref output, ",\"started_at\":"u8, ProcTimes.Of(proc.StartedAtUnixNano));
        Time(ref output, ",\"exited_at\":"u8, ProcTimes.Of(proc.ExitedAtUnixNano));
        if (proc.HasExitCode)
            Number(ref output, ",\"exit_code\":"u8, proc.ExitCode);
        Text(ref output, ",\"signal\":"u8, proc.Signal);
        Text(ref output, ",\"origin\":"u8, proc.Origin);
        Text(ref output, ",\"state\":"u8, proc.State);
        Text(ref output, ",\"task_id\":"u8, proc.TaskId);
        if (proc.Use is { } use)
        {
            Text(ref output, ",\"user\":"u8, proc.User);
            Usage(ref output, ",\"process\":"u8, use);
            Number(ref output, ",\"tree_size\":"u8, proc.TreeSize);
            Usage(ref output, ",\"tree\":"u8, proc.TreeUse);
        }
        Text(ref output, ",\"outcome\":"u8, outcome ?? "");
        output.EndObject();
    }

    private static void Number(ref JsonOutput output, ReadOnlySpan<byte> label, long value)
    {
        output.Label(label);
        output.Number(value);
    }

    private static void Text(ref JsonOutput output, ReadOnlySpan<byte> label, string value)
    {
        if (value.Length == 0)
            return;
        output.Label(label);
        output.Text(value);
    }

    private static void Texts(ref JsonOutput output, ReadOnlySpan<byte> label, Google.Protobuf.Collections.RepeatedField<string> values)
    {
        output.Label(label);
        output.Raw((byte)'[');
        for (int i = 0; i < values.Count; i++)
        {
            if (i > 0)
                output.Raw((byte)',');
            output.Text(values[i]);
        }
        output.Raw((byte)']');
    }

    private static void Time(ref JsonOutput output, ReadOnlySpan<byte> label, DateTimeOffset? time)
    {
        if (time is { } at)
            Text(ref output, label, at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture));
    }

    private static void Usage(ref JsonOutput output, ReadOnlySpan<byte> label, Use use)
    {
        output.Label(label);
        ProcessUsage.Schema.Write(ref output, new ProcessUsage
        {
            CpuPercent = use.CpuPercent,
            CpuSeconds = use.CpuSeconds,
            ResidentBytes = use.ResidentBytes,
            Threads = use.Threads,
            OpenFds = use.HasOpenFds ? use.OpenFds : null,
        });
    }
}
