using System.Text.Json;
using Overseer.Protocols.Tests;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>Every message that the golden files say is refused, over the real socket: one error each, and the connection goes on.</summary>
public sealed class MalformedMessagesTests : IAsyncLifetime
{
    private const int LessThanOneMessage = 1_000_000;
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(RawConnection.Text)]
    [InlineData(RawConnection.Binary)]
    public async Task Each_gets_its_one_error(byte opcode)
    {
        await using var connection = await _server.ConnectRawAsync();
        var tried = 0;
        foreach (var (name, input, expected) in Cases(opcode))
        {
            await connection.SendBytesAsync(RawConnection.Frame(opcode, input));
            await AssertOneErrorAsync(connection, name, expected);
            tried++;
        }

        Assert.InRange(tried, 100, int.MaxValue);
    }

    [Fact]
    public async Task Fragments_make_one_message()
    {
        await using var connection = await _server.ConnectRawAsync();
        foreach (var (name, input, expected) in Cases(RawConnection.Text).Where(one => one.Input.Length is > 2 and < 5000))
        {
            var half = input.Length / 2;
            await connection.SendBytesAsync((byte[])
            [
                .. RawConnection.Frame(RawConnection.Text, [], last: false),
                .. RawConnection.Frame(RawConnection.Continuation, input.AsSpan(0, half), last: false),
                .. RawConnection.Frame(RawConnection.Continuation, input.AsSpan(half, 1), last: false),
            ]);
            await connection.SendBytesAsync((byte[])
            [
                .. RawConnection.Frame(RawConnection.Continuation, input.AsSpan(half + 1), last: false),
                .. RawConnection.Frame(RawConnection.Continuation, []),
            ]);
            await AssertOneErrorAsync(connection, name, expected);
        }
    }

    [Fact]
    public async Task A_burst_of_them_is_answered_one_by_one()
    {
        await using var connection = await _server.ConnectRawAsync();
        var cases = Cases(RawConnection.Text).ToList();

        // Sent beside reading: a client that never reads would be made to wait.
        var sending = connection.SendBytesAsync(cases.SelectMany(one => RawConnection.Frame(RawConnection.Text, one.Input)).ToArray());
        foreach (var (name, _, expected) in cases)
        {
            AssertError(name, expected, await connection.ReadMessageAsync());
        }

        await sending;
    }

    /// <summary>A message above the limit is a matter of the connection; a text that is no UTF-8 too (RFC 6455, 8.1).</summary>
    private static IEnumerable<(string Name, byte[] Input, WireMessage Expected)> Cases(byte opcode) => GoldenFiles.Cases("refused")
        .Where(one => one.Input.Length < LessThanOneMessage && (opcode == RawConnection.Binary || System.Text.Unicode.Utf8.IsValid(one.Input)))
        .Select(one => (one.Place, one.Input, new WireMessage(JsonDocument.Parse(one.Expected).RootElement)));

    private static async Task AssertOneErrorAsync(RawConnection connection, string name, WireMessage expected)
    {
        AssertError(name, expected, await connection.ReadMessageAsync());
        await connection.SendAsync("""{"type":"list","id":"after"}""");
        var after = await connection.ReadMessageAsync();
        Assert.True(after is { Type: "tasks", Id: "after" }, $"{name}: a second answer came: {after}");
    }

    private static void AssertError(string name, WireMessage expected, WireMessage error) =>
        Assert.Equal((name, "error", expected.Id, expected.Message), (name, error.Type, error.Id, error.Message));
}
