using System.Buffers;
using Overseer.Protocols.Json;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Reporting;

/// <summary>
/// The messages of one container as the hub reads them, types in lower case. What is delivered is written up to its last brace, as its delivery number is known only when it is sent:
/// <see cref="End"/> adds it. Thread-safe.
/// </summary>
internal sealed class ReportText(string containerId, TimeProvider clock)
{
    /// <summary>A line of output, or a part of one.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="isError">Whether it came from standard error.</param>
    /// <param name="line">Its bytes; those that are not UTF-8 become U+FFFD each.</param>
    /// <param name="partial">Whether the line goes on in the next message.</param>
    internal void Line(IBufferWriter<byte> destination, bool isError, ReadOnlySpan<byte> line, bool partial)
    {
        JsonOutput output = Begin(destination, "log"u8);
        output.Raw(isError ? "\"level\":\"error\",\"message\":"u8 : "\"level\":\"info\",\"message\":"u8);
        output.Text(line);
        if (partial)
            output.Raw(",\"metadata\":{\"partial\":true}"u8);
        output.Raw((byte)'}');
        output.Complete();
    }

    /// <summary>The message in the place of lines for which there was no room.</summary>
    internal byte[] Lost(long lines)
    {
        var destination = new ArrayBufferWriter<byte>(256);
        JsonOutput output = Begin(destination, "log"u8);
        output.Raw("\"level\":\"warn\",\"message\":\""u8);
        output.Number(lines);
        output.Raw(lines == 1 ? " line was lost here"u8 : " lines were lost here"u8);
        output.Raw(": the spool was full while the hub was away\",\"metadata\":{\"lost\":"u8);
        output.Number(lines);
        output.Raw("}}"u8);
        output.Complete();
        return destination.WrittenSpan.ToArray();
    }

    /// <summary>The message in the place of one that the hub does not take for its size; whole, but for its last brace.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="bytes">Its size; 0 when that is not known.</param>
    internal void TooLarge(IBufferWriter<byte> destination, int bytes)
    {
        JsonOutput output = Begin(destination, "log"u8);
        output.Raw("\"level\":\"warn\",\"message\":\"a line was lost: its message"u8);
        if (bytes > 0)
        {
            output.Raw(" of "u8);
            output.Number(bytes);
            output.Raw(" bytes"u8);
        }
        output.Raw(" is too large for the hub\",\"metadata\":{\"lost\":1}}"u8);
        output.Complete();
    }

    /// <summary>How the command is.</summary>
    internal void Status(IBufferWriter<byte> destination, string status, string? message)
    {
        JsonOutput output = Begin(destination, "status"u8);
        output.Raw("\"status\":"u8);
        output.Text(status);
        Message(ref output, message);
        output.Raw((byte)'}');
        output.Complete();
    }

    /// <summary>How the command ended.</summary>
    internal void Complete(IBufferWriter<byte> destination, int exitCode, string message, TimeSpan duration)
    {
        JsonOutput output = Begin(destination, "complete"u8);
        output.Raw("\"exitCode\":"u8);
        output.Number(exitCode);
        Message(ref output, message);
        output.Raw(",\"duration\":"u8);
        output.Number((long)duration.TotalMilliseconds);
        output.Raw((byte)'}');
        output.Complete();
    }

    /// <summary>Something that cannot be done.</summary>
    internal void Error(IBufferWriter<byte> destination, string error, string code)
    {
        JsonOutput output = Begin(destination, "error"u8);
        output.Raw("\"error\":"u8);
        output.Text(error);
        output.Raw(",\"code\":"u8);
        output.Text(code);
        output.Raw((byte)'}');
        output.Complete();
    }

    /// <summary>A sign of life, whole, which asks how far the hub has a delivery.</summary>
    internal void Heartbeat(IBufferWriter<byte> destination, TimeSpan uptime, string deliveryId)
    {
        JsonOutput output = Begin(destination, "heartbeat"u8);
        output.Raw("\"timestamp\":\""u8);
        output.Raw(TimestampText.From(clock.GetUtcNow()).Bytes);
        output.Raw("\",\"uptime\":"u8);
        output.Number((long)uptime.TotalSeconds);
        output.Raw(",\"delivery\":{\"id\":"u8);
        output.Text(deliveryId);
        output.Raw("}}}"u8);
        output.Complete();
    }

    /// <summary>What comes behind a message that is delivered.</summary>
    internal static void End(IBufferWriter<byte> destination, string deliveryId, long number)
    {
        var output = new JsonOutput(destination);
        output.Raw(",\"delivery\":{\"id\":"u8);
        output.Text(deliveryId);
        output.Raw(",\"n\":"u8);
        output.Number(number);
        output.Raw("}}"u8);
        output.Complete();
    }

    private static void Message(ref JsonOutput output, string? message)
    {
        if (message is null)
            return;
        output.Raw(",\"message\":"u8);
        output.Text(message);
    }

    private JsonOutput Begin(IBufferWriter<byte> destination, ReadOnlySpan<byte> type)
    {
        var output = new JsonOutput(destination);
        output.Raw("{\"type\":\""u8);
        output.Raw(type);
        output.Raw("\",\"containerID\":"u8);
        output.Text(containerId);
        output.Raw(",\"timestamp\":\""u8);
        output.Raw(TimestampText.From(clock.GetUtcNow()).Bytes);
        output.Raw("\",\"data\":{"u8);
        return output;
    }
}
