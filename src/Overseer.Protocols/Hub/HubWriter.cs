using System.Buffers;
using System.Globalization;
using Overseer.Protocols.Json;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Hub;

/// <summary>Writes what the hub says itself, in a connection's case. What containers say comes from journals.</summary>
internal static class HubWriter
{
    /// <summary>What a viewer is greeted with that named its container when it connected.</summary>
    public const string Greeting = "Connected to container log stream";

    /// <summary>Writes an <c>error</c>.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="capitals">The connection's case.</param>
    /// <param name="containerId">The container; null when there is none.</param>
    /// <param name="now">The time.</param>
    /// <param name="error">What is wrong.</param>
    public static void Error(IBufferWriter<byte> destination, bool capitals, string? containerId, DateTimeOffset now, HubError error)
    {
        var output = Begin(destination, HubType.Error, capitals, containerId, now);
        output.Raw(",\"data\":{\"error\":"u8);
        output.Text(error.Text);
        output.Raw(",\"code\":\""u8);
        output.Raw(System.Text.Encoding.ASCII.GetBytes(error.Code));
        output.Raw((byte)'"');
        if (error.Field is { Length: > 0 } field)
        {
            output.Raw(",\"details\":{\"field\":"u8);
            output.Text(field);
            output.Raw((byte)'}');
        }
        else if (error.Missing is var (from, to))
        {
            output.Raw(",\"details\":{\"from_seq\":"u8);
            output.Number(from);
            output.Raw(",\"to_seq\":"u8);
            output.Number(to);
            output.Raw((byte)'}');
        }
        output.Raw("}}"u8);
        output.Complete();
    }

    /// <summary>Writes the <see cref="Greeting"/>.</summary>
    public static void Greet(IBufferWriter<byte> destination, bool capitals, string containerId, DateTimeOffset now)
    {
        var output = Begin(destination, HubType.Status, capitals, containerId, now);
        output.Raw(",\"data\":{\"status\":\"running\",\"message\":"u8);
        output.Text(Greeting);
        output.Raw("}}"u8);
        output.Complete();
    }

    /// <summary>Writes a <c>heartbeat</c>.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="capitals">The connection's case.</param>
    /// <param name="containerId">The container; null in the answer to one that named none.</param>
    /// <param name="now">The time.</param>
    /// <param name="uptime">For how long the hub runs.</param>
    /// <param name="delivery">What was asked: whose message is the last that is kept, and which one it is, 0 for none.</param>
    public static void Heartbeat(IBufferWriter<byte> destination, bool capitals, string? containerId, DateTimeOffset now, TimeSpan uptime, (Guid Id, long Number)? delivery = null)
    {
        var output = Begin(destination, HubType.Heartbeat, capitals, containerId, now);
        output.Raw(",\"data\":{\"timestamp\":\""u8);
        output.Raw(TimestampText.From(now).Bytes);
        output.Raw("\",\"uptime\":"u8);
        output.Number((long)uptime.TotalSeconds);
        if (delivery is var (id, number))
        {
            output.Raw(",\"delivery\":{\"id\":"u8);
            output.Text(id.ToString("D", CultureInfo.InvariantCulture));
            output.Raw(",\"n\":"u8);
            output.Number(number);
            output.Raw((byte)'}');
        }
        output.Raw("}}"u8);
        output.Complete();
    }

    /// <summary>Passes a viewer's <c>command</c> on.</summary>
    public static void Command(IBufferWriter<byte> destination, bool capitals, ref HubMessage message, DateTimeOffset now)
    {
        var output = new JsonOutput(destination);
        Type(ref output, HubType.Command, capitals);
        output.Raw(",\"containerID\":\""u8);
        output.Raw(message.ContainerId);
        output.Raw("\",\"timestamp\":"u8);
        if (message.Timestamp.IsEmpty)
        {
            output.Raw((byte)'"');
            output.Raw(TimestampText.From(now).Bytes);
            output.Raw((byte)'"');
        }
        else
        {
            output.Raw(message.Timestamp);
        }
        output.Raw(",\"data\":"u8);
        output.Raw(message.Data);
        for (int i = 0; i < message.ExtraCount; i++)
        {
            output.Raw((byte)',');
            output.Raw(message.Extra(i));
        }
        output.Raw((byte)'}');
        output.Complete();
    }

    /// <summary>Writes a <c>command</c> of the hub's own.</summary>
    public static void Command(IBufferWriter<byte> destination, bool capitals, string containerId, DateTimeOffset now, string command)
    {
        var output = Begin(destination, HubType.Command, capitals, containerId, now);
        output.Raw(",\"data\":{\"command\":"u8);
        output.Text(command);
        output.Raw("}}"u8);
        output.Complete();
    }

    private static JsonOutput Begin(IBufferWriter<byte> destination, HubType type, bool capitals, string? containerId, DateTimeOffset now)
    {
        var output = new JsonOutput(destination);
        Type(ref output, type, capitals);
        if (containerId is not null)
        {
            output.Raw(",\"containerID\":"u8);
            output.Text(containerId);
        }
        output.Raw(",\"timestamp\":\""u8);
        output.Raw(TimestampText.From(now).Bytes);
        output.Raw((byte)'"');
        return output;
    }

    private static void Type(ref JsonOutput output, HubType type, bool capitals)
    {
        output.Raw("{\"type\":\""u8);
        output.Raw(HubTypeName.Of(type, capitals));
        output.Raw((byte)'"');
    }
}
