using System.Buffers.Binary;
using System.Text;
using Overseer.Server.Tests.Harness;
using static Overseer.Server.Tests.Harness.RawConnection;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>Frames that break the rules of RFC 6455, or bend them: the close code that it demands, and nobody else notices.</summary>
public sealed class MalformedFramesTests : IAsyncLifetime
{
    private const int ProtocolError = 1002;
    private const int InvalidPayload = 1007;
    private const int TooBig = 1009;
    private const int Normal = 1000;
    private const int MessageLimit = 64 * 1024;

    private RunningServer _server = null!;

    /// <summary>What is sent, and the code with which the server closes; null where it just ends the connection.</summary>
    public static TheoryData<string, byte[], int?> Closing { get; } = new()
    {
        { "an unmasked frame", Frame(Text, "{\"type\":\"list\"}"u8, masked: false), ProtocolError },
        { "an unmasked ping", Frame(Ping, "hello"u8, masked: false), ProtocolError },
        { "reserved bit 1", Frame(Text, "{}"u8, reserved: 0x40), ProtocolError },
        { "reserved bit 2", Frame(Text, "{}"u8, reserved: 0x20), ProtocolError },
        { "reserved bit 3", Frame(Text, "{}"u8, reserved: 0x10), ProtocolError },
        { "reserved opcode 3", Frame(3, "{}"u8), ProtocolError },
        { "reserved opcode 7", Frame(7, "{}"u8), ProtocolError },
        { "reserved opcode 11", Frame(11, ""u8), ProtocolError },
        { "reserved opcode 15", Frame(15, ""u8), ProtocolError },
        { "a continuation of nothing", Frame(Continuation, "{}"u8), ProtocolError },
        { "an unfinished continuation of nothing", Frame(Continuation, "{}"u8, last: false), ProtocolError },
        { "a second message inside the first", [.. Frame(Text, "{"u8, last: false), .. Frame(Text, "}"u8)], ProtocolError },
        { "a binary message inside a text", [.. Frame(Text, "{"u8, last: false), .. Frame(Binary, "}"u8)], ProtocolError },
        { "a ping in fragments", Frame(Ping, "x"u8, last: false), ProtocolError },
        { "a close in fragments", Frame(Close, [3, 0xe8], last: false), ProtocolError },
        { "a ping of 126 bytes", Frame(Ping, new byte[126]), ProtocolError },
        { "a close of one byte", Frame(Close, [3]), ProtocolError },
        { "a close with code 999", CloseFrame(999), ProtocolError },
        { "a close with code 1005", CloseFrame(1005), ProtocolError },
        { "a close with code 65535", CloseFrame(65535), ProtocolError },
        { "a close whose reason is no UTF-8", Frame(Close, [3, 0xe8, 0xff]), ProtocolError },
        { "a length with its first bit set", Frame(Text, ""u8, length: long.MinValue), ProtocolError },
        { "text that is no UTF-8", Frame(Text, [.. "{\"type\":\""u8, 0xff, .. "\"}"u8]), InvalidPayload },
        { "text that breaks off in a character", Frame(Text, [0xe2, 0x82]), InvalidPayload },
        { "text with half a surrogate pair", Frame(Text, [0xed, 0xa0, 0x80]), InvalidPayload },
        { "text whose second fragment is no UTF-8", [.. Frame(Text, "{"u8, last: false), .. Frame(Continuation, [0xc0])], InvalidPayload },
        { "a message one byte too long", Frame(Text, new byte[MessageLimit + 1].AsSpan()), TooBig },
        { "a message far too long", Frame(Binary, new byte[MessageLimit * 4].AsSpan()), TooBig },
        { "fragments that are too long together", [.. Frame(Binary, new byte[MessageLimit], last: false), .. Frame(Continuation, "x"u8, last: false)], TooBig },
        { "a close without a code", Frame(Close, ""u8), Normal },
        { "a close with a code", CloseFrame(1000), Normal },
        { "a close with a code of one's own", CloseFrame(4711), Normal },
    };

    /// <summary>Beginnings after which the client goes.</summary>
    public static TheoryData<string, byte[]> BrokenOff { get; } = new()
    {
        { "no frame at all", [] },
        { "the first byte of a frame", [0x81] },
        { "half a length", [0x81, 0xfe, 0x01] },
        { "half a mask", [0x81, 0x82, 0x01, 0x02] },
        { "half a payload", Frame(Text, "{\"type\":"u8, length: 5000) },
        { "the first fragment of a message", Frame(Text, "{\"type\":"u8, last: false) },
        { "a request for a whole message and half another", [.. TextFrame("""{"type":"list","id":"1"}"""), 0x81] },
    };

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync($"limits: {{max_message_bytes: {MessageLimit}}}");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Closing))]
    public async Task The_server_closes_with_the_code_that_the_rfc_demands(string what, byte[] bytes, int? code)
    {
        await using var connection = await _server.ConnectRawAsync();
        await using var witness = await _server.ConnectRawAsync();

        await connection.SendBytesAsync(bytes);

        var frame = await connection.ReadFrameAsync();
        Assert.True(frame is { Opcode: Close, Payload.Length: >= 2 }, $"{what}: no close frame but {(frame is { } other ? $"opcode {other.Opcode}: {Convert.ToHexString(other.Payload)}" : "the end")}");
        Assert.Equal((what, code), (what, (int?)BinaryPrimitives.ReadUInt16BigEndian(frame.Value.Payload)));
        await connection.SendBytesAsync(CloseFrame(1000));
        Assert.Null(await connection.ReadFrameAsync());
        await AssertServedAsync(witness);
    }

    [Theory]
    [MemberData(nameof(BrokenOff))]
    public async Task A_client_that_breaks_off_hurts_nobody(string what, byte[] bytes)
    {
        await using var connection = await _server.ConnectRawAsync();
        await connection.SendBytesAsync(bytes);
        connection.HalfClose();
        while (await connection.ReadFrameAsync() is { } frame)
        {
            Assert.True(frame.Opcode is Close or Text, what);
        }

        await using var reset = await _server.ConnectRawAsync();
        await reset.SendBytesAsync(bytes);
        reset.Reset();

        await using var witness = await _server.ConnectRawAsync();
        await AssertServedAsync(witness);
    }

    [Fact]
    public async Task A_message_of_exactly_the_limit_is_taken()
    {
        await using var connection = await _server.ConnectRawAsync();
        const string list = """{"type":"list","id":"1"}""";

        await connection.SendAsync(list.PadRight(MessageLimit));

        Assert.Equal("tasks", (await connection.ReadMessageAsync()).Type);
    }

    [Fact]
    public async Task Pings_are_answered_also_between_fragments()
    {
        await using var connection = await _server.ConnectRawAsync();
        var list = """{"type":"list","id":"1"}"""u8.ToArray();

        await connection.SendBytesAsync((byte[])
        [
            .. Frame(Pong, "nobody asked"u8),
            .. Frame(Text, list.AsSpan(0, 5), last: false),
            .. Frame(Ping, "between"u8),
            .. Frame(Continuation, list.AsSpan(5)),
        ]);

        var pong = await connection.ReadFrameAsync();
        Assert.Equal((Pong, "between"), (pong!.Value.Opcode, Encoding.ASCII.GetString(pong.Value.Payload)));
        Assert.Equal("tasks", (await connection.ReadMessageAsync()).Type);
    }

    [Fact]
    public async Task A_message_in_frames_of_one_byte_is_taken()
    {
        await using var connection = await _server.ConnectRawAsync();
        var list = """{"type":"list","id":"1"}"""u8.ToArray();

        await connection.SendBytesAsync(list.SelectMany((letter, i) => Frame(i == 0 ? Text : Continuation, [letter], last: i == list.Length - 1)).ToArray());

        Assert.Equal("tasks", (await connection.ReadMessageAsync()).Type);
    }

    [Fact]
    public async Task A_frame_that_comes_byte_by_byte_is_taken()
    {
        await using var connection = await _server.ConnectRawAsync();

        foreach (var one in TextFrame("""{"type":"list","id":"1"}"""))
        {
            await connection.SendBytesAsync(new[] { one });
        }

        Assert.Equal("tasks", (await connection.ReadMessageAsync()).Type);
    }

    private static byte[] CloseFrame(int code) => Frame(Close, [(byte)(code >> 8), (byte)code]);

    private static async Task AssertServedAsync(RawConnection connection)
    {
        await connection.SendAsync("""{"type":"list","id":"1"}""");
        Assert.Equal("tasks", (await connection.ReadMessageAsync()).Type);
    }
}
