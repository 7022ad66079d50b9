using System.Net.Sockets;
using Google.Protobuf;
using Overseer.Protocols.Goproc;
using Overseer.Protocols.Grpc;
using Overseer.Server.Tests.Foreign;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Goproc;

/// <summary>The thin layer of gRPC, with a service of its own: whatever comes, the answer is a proper status, and the next call works.</summary>
public sealed class GrpcLayerTests : IAsyncLifetime
{
    private static readonly byte[] Empty = [0, 0, 0, 0, 0];

    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Calls_are_answered_one_after_the_other_on_one_connection()
    {
        using var client = _service.Connect();

        Assert.Equal("3", (await client.CallAsync("Length", new AddRequest { Name = "abc" }, PingResponse.Parser)).Ok);
        Assert.Equal(new GrpcStatus(GrpcCode.NotFound, "zwölf % 12\n"), await client.RefusedAsync("Refuse", new AddRequest { Name = "zwölf % 12\n" }));
        Assert.Equal("4", (await client.CallAsync("Length", new AddRequest { Name = "abcd" }, PingResponse.Parser)).Ok);
    }

    [Fact]
    public async Task A_peer_with_the_longest_name_there_is_is_served_like_any_other()
    {
        using var client = _service.Connect("\0" + Guid.NewGuid().ToString("N").PadRight(107, 'x'));

        Assert.Equal("3", (await client.CallAsync("Length", new AddRequest { Name = "abc" }, PingResponse.Parser)).Ok);
    }

    [Fact]
    public async Task Answers_of_megabytes_arrive_whole()
    {
        using var client = _service.Connect();

        Assert.Equal(5_000_000, (await client.CallAsync("Repeat", new AddRequest { Pid = 5_000_000 }, PingResponse.Parser)).Ok.Length);
        Assert.Equal(300_000, (await client.CallAsync("Repeat", new AddRequest { Pid = 300_000 }, PingResponse.Parser)).Ok.Length);
    }

    [Fact]
    public async Task A_message_of_the_largest_size_is_taken_and_one_byte_more_is_refused()
    {
        using var client = _service.Connect();
        var largest = new AddRequest { Name = new string('n', TestService.MaxMessageBytes - 4) };
        Assert.Equal(TestService.MaxMessageBytes, largest.CalculateSize());

        Assert.Equal($"{largest.Name.Length}", (await client.CallAsync("Length", largest, PingResponse.Parser)).Ok);
        var refusal = await client.RefusedAsync("Length", new AddRequest { Name = largest.Name + "n" });

        Assert.Equal(GrpcCode.ResourceExhausted, refusal.Code);
        Assert.Contains($"({TestService.MaxMessageBytes + 1} vs. {TestService.MaxMessageBytes})", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_is_told_when_its_deadline_is_over_and_the_method_is_cancelled()
    {
        using var raw = _service.ConnectRaw().Greet();

        var answer = raw.Ask("/test.Service/Wait", Empty, ("grpc-timeout", "50m"));

        Assert.Equal(("200", "4", "context deadline exceeded"), (answer[":status"], answer["grpc-status"], answer["grpc-message"]));
        await _service.Cancelled.WaitAsync(WireClient.Deadline);
    }

    [Fact]
    public void The_deadline_counts_while_the_request_is_still_coming()
    {
        using var raw = _service.ConnectRaw().Greet();
        var stream = raw.Begin("/test.Service/Length", ("grpc-timeout", "50m"));
        raw.Body(stream, [0, 0], last: false);

        Assert.Equal("4", raw.Answer(stream)["grpc-status"]);
    }

    [Fact]
    public async Task Our_own_client_gives_up_in_time_and_the_connection_remains_usable()
    {
        using var client = _service.Connect();

        Assert.Equal(GrpcStatus.DeadlineExceeded, await client.RefusedAsync("Wait", new AddRequest(), TimeSpan.FromMilliseconds(50)));
        Assert.Equal("0", (await client.CallAsync("Length", new AddRequest(), PingResponse.Parser)).Ok);
    }

    [Fact]
    public async Task Our_own_client_gives_up_on_a_server_that_is_silent_or_gone()
    {
        var path = Path.Combine(_service.Place, "silent.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using (var client = GrpcClient.Connect(path))
        {
            Assert.Equal(GrpcStatus.DeadlineExceeded, await client.RefusedAsync("Ping", new PingRequest(), TimeSpan.FromMilliseconds(50)));
        }

        (await listener.AcceptAsync()).Dispose();
        using var second = GrpcClient.Connect(path);
        (await listener.AcceptAsync()).Dispose();
        Assert.Equal(GrpcCode.Unavailable, (await second.RefusedAsync("Ping", new PingRequest())).Code);
    }

    [Fact]
    public async Task A_reset_stream_cancels_its_method()
    {
        using var raw = _service.ConnectRaw().Greet();
        var stream = raw.Begin("/test.Service/Wait");
        raw.Body(stream, Empty, last: true);
        await _service.Waiting.WaitAsync(WireClient.Deadline);

        raw.Cancel(stream);

        await _service.Cancelled.WaitAsync(WireClient.Deadline);
        Assert.Equal("0", raw.Ask("/test.Service/Length", Empty)["grpc-status"]);
    }

    [Fact]
    public async Task A_client_that_goes_cancels_its_method()
    {
        using (var raw = _service.ConnectRaw().Greet())
        {
            var stream = raw.Begin("/test.Service/Wait");
            raw.Body(stream, Empty, last: true);
            await _service.Waiting.WaitAsync(WireClient.Deadline);
        }

        await _service.Cancelled.WaitAsync(WireClient.Deadline);
    }

    [Fact]
    public async Task A_method_that_fails_is_an_internal_error()
    {
        using var client = _service.Connect();

        Assert.Equal(new GrpcStatus(GrpcCode.Internal, "InvalidDataException: on purpose"), await client.RefusedAsync("Fail", new AddRequest()));
    }

    [Theory]
    [InlineData("/test.Service/Nothing", "12", "unknown method Nothing for service test.Service")]
    [InlineData("/other.Service/Length", "12", "unknown service other.Service")]
    [InlineData("/Length", "12", "malformed method name: \"/Length\"")]
    [InlineData("/", "12", "malformed method name: \"/\"")]
    public void Unknown_methods_are_unimplemented(string path, string status, string message)
    {
        using var raw = _service.ConnectRaw().Greet();

        var answer = raw.Ask(path, Empty);

        Assert.Equal(("200", status, message), (answer[":status"], answer["grpc-status"], answer["grpc-message"]));
    }

    [Theory]
    [InlineData("0100000000", "12")] // compressed
    [InlineData("0700000000", "13")] // no such flag
    [InlineData("", "13")] // no message
    [InlineData("0000", "13")] // ends within the prefix
    [InlineData("00000000050a", "13")] // ends within the message
    [InlineData("00000000000000000000", "13")] // two messages
    [InlineData("0000000002ffff", "13")] // no protobuf
    [InlineData("00ffffffff", "8")] // four gigabytes are announced
    public void Garbage_in_a_body_gets_a_status(string hex, string status)
    {
        using var raw = _service.ConnectRaw().Greet();

        var answer = raw.Ask("/test.Service/Length", Convert.FromHexString(hex));

        Assert.Equal(("200", status), (answer[":status"], answer["grpc-status"]));
        Assert.NotEmpty(answer["grpc-message"]);
        Assert.Equal("0", raw.Ask("/test.Service/Length", Empty)["grpc-status"]);
    }

    [Theory]
    [InlineData("content-type", "application/json", "415", "13")]
    [InlineData("content-type", "application/grpc-web", "415", "13")]
    [InlineData("content-type", "application/grpc+json", "415", "13")]
    [InlineData("content-type", null, "415", "13")]
    [InlineData("content-type", "application/grpc+proto", "200", "0")]
    [InlineData("content-type", "application/grpc; charset=utf-8", "200", "0")]
    [InlineData(":method", "GET", "405", "13")]
    [InlineData("te", null, "200", "0")]
    [InlineData("grpc-encoding", "gzip", "200", "12")]
    [InlineData("grpc-encoding", "identity", "200", "0")]
    [InlineData("grpc-timeout", "soon", "200", "13")]
    [InlineData("grpc-timeout", "123456789S", "200", "13")]
    [InlineData(":authority", "anything:0", "200", "0")]
    [InlineData(":authority", null, "200", "0")]
    public void Headers_decide(string name, string? value, string http, string status)
    {
        using var raw = _service.ConnectRaw().Greet();

        var answer = raw.Ask("/test.Service/Length", Empty, (name, value));

        Assert.Equal((http, status), (answer[":status"], answer["grpc-status"]));
    }

    [Fact]
    public void What_is_no_HTTP_2_is_turned_away_and_others_are_served()
    {
        using (var http1 = _service.ConnectRaw().Send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8))
        {
            Assert.StartsWith("HTTP/1.1 400 ", http1.Rest(), StringComparison.Ordinal);
        }

        var noise = new byte[4096];
        new Random(1).NextBytes(noise);
        using (var garbage = _service.ConnectRaw().Send(noise))
        {
            garbage.Rest();
        }

        using (var greeted = _service.ConnectRaw().Greet().Send(noise))
        {
            greeted.Rest();
        }

        using var raw = _service.ConnectRaw().Greet();
        Assert.Equal("0", raw.Ask("/test.Service/Length", Empty)["grpc-status"]);
    }

    [Fact]
    public async Task Fifty_clients_at_once_are_served()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            using var client = _service.Connect();
            var last = "";
            for (var call = 0; call < 5; call++)
            {
                last = (await client.CallAsync("Length", new AddRequest { Name = new string('n', i) }, PingResponse.Parser)).Ok;
            }

            return last;
        }));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), answers);
    }

    [Fact]
    public async Task Connections_above_the_limit_are_closed()
    {
        await using var small = await TestService.StartAsync(maxConnections: 2);
        using var first = small.Connect();
        using var second = small.Connect();
        await first.CallAsync("Length", new AddRequest(), PingResponse.Parser);
        await second.CallAsync("Length", new AddRequest(), PingResponse.Parser);

        using var third = small.Connect();

        Assert.Equal(GrpcCode.Unavailable, (await third.RefusedAsync("Length", new AddRequest())).Code);
        await first.CallAsync("Length", new AddRequest(), PingResponse.Parser);
    }

    [Fact]
    public async Task Another_user_is_not_served_even_where_the_file_system_lets_it_in()
    {
        File.SetUnixFileMode(_service.Place, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(_service.Socket, (UnixFileMode)0b110_110_110);

        // Who is not served may be gone before it has said a word.
        const string Script = """
            import socket,sys
            s=socket.socket(socket.AF_UNIX)
            s.connect(sys.argv[1])
            try:
                s.sendall(b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'+bytes(3)+b'\x04'+bytes(5))
                print(len(s.recv(100)))
            except (BrokenPipeError, ConnectionResetError):
                print(0)
            """;

        Assert.Equal((0, "0\n", ""), await ForeignProgram.RunAsync("setpriv", "--reuid=65534", "--clear-groups", "/usr/bin/python3", "-c", Script, _service.Socket));
        var own = await ForeignProgram.RunAsync("/usr/bin/python3", "-c", Script, _service.Socket);
        Assert.Equal((0, ""), (own.Code, own.Error));
        Assert.NotEqual("0\n", own.Out);
    }
}
