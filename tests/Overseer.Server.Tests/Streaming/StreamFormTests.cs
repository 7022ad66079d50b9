using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Overseer.Core.Time;
using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Tests.Journal;
using Overseer.Streams;
using Overseer.Streams.Forms;

namespace Overseer.Server.Tests.Streaming;

/// <summary>The same journal to clients of the overseer protocol and to viewers of the hub.</summary>
public sealed class StreamFormTests : IDisposable
{
    private static readonly long Noon = UnixTime.ToNanoseconds(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private readonly TempDirectory _place = new();
    private readonly JournalBuffer _buffer = new();
    private readonly JournalWriter _writer;
    private readonly Guid _run = Guid.NewGuid();

    public StreamFormTests() => _writer = JournalWriter.Open(Path.Join(_place.Path, "j"), new JournalOptions(), _buffer);

    public void Dispose()
    {
        _writer.Dispose();
        _buffer.Dispose();
        _place.Dispose();
    }

    [Theory]
    [InlineData("""{"type":"log","containerID":"c","timestamp":"x","data":{"level":"warn","message":"a \"b\"\n\u00e9"}}""", "a \"b\"\né")]
    [InlineData("""{"type":"log","containerID":"c","timestamp":"x","data":{"metadata":{"message":"no"},"message":"yes"}}""", "yes")]
    [InlineData("""{"type":"status","containerID":"c","timestamp":"x","data":{"status":"running"}}""", "status: running")]
    [InlineData("""{"type":"status","containerID":"c","timestamp":"x","data":{"message":"cloning","status":"starting"}}""", "status: starting: cloning")]
    [InlineData("""{"type":"complete","containerID":"c","timestamp":"x","data":{"exitCode":3,"message":"done","duration":17}}""", "complete: exit code 3: done")]
    [InlineData("""{"type":"error","containerID":"c","timestamp":"x","data":{"error":"no disk","code":"E1"}}""", "error: no disk (E1)")]
    [InlineData("""{"type":"log","containerID":"c","timestamp":"x","data":{}}""", """{"type":"log","containerID":"c","timestamp":"x","data":{}}""")]
    [InlineData("""{"type":"log","containerID":"c","timestamp":"x","data":{"message":{"deep":1}}}""", """{"type":"log","containerID":"c","timestamp":"x","data":{"message":{"deep":1}}}""")]
    [InlineData("no JSON", "no JSON")]
    public void A_message_of_the_hub_is_read_as_a_line(string line, string text) => Assert.Equal(text, Encoding.UTF8.GetString(new SessionText().Of(Encoding.UTF8.GetBytes(line))));

    [Fact]
    public void A_session_is_the_same_messages_to_viewers_and_text_to_others()
    {
        var stream = Stream(isSession: true);
        var (text, capitals, lower) = (Join(stream, StreamForm.V2), Join(stream, StreamForm.HubCapitals), Join(stream, StreamForm.HubLower));
        Start(stream);
        Write(stream, """{"type":"log","containerID":"t","timestamp":"2024-01-01T00:00:00Z","data":{"level":"odd","message":"hi"},"more":[1]}""");
        Write(stream, """{"type":"complete","containerID":"t","timestamp":"2024-01-01T00:00:01Z","data":{"exitCode":0}}""");
        Exit(stream);

        Assert.Equal(["output 1 hi", "output 2 complete: exit code 0", "exited"], Take(text).Select(Short));
        Assert.Equal(
            [
                """{"seq":1,"type":"LOG","containerID":"t","timestamp":"2024-01-01T00:00:00Z","data":{"level":"odd","message":"hi"},"more":[1]}""",
                """{"seq":2,"type":"COMPLETE","containerID":"t","timestamp":"2024-01-01T00:00:01Z","data":{"exitCode":0}}""",
            ],
            Take(capitals).Select(message => message.GetRawText()));
        Assert.Equal(["log", "complete"], Take(lower).Select(message => message.GetProperty("type").GetString()));
        Assert.Equal(["complete"], Take(stream.As(StreamForm.HubLower).Join(new Nobody(), 2).Cursor).Select(message => message.GetProperty("type").GetString()));
    }

    [Fact]
    public void Any_other_task_is_messages_of_the_hub_to_viewers()
    {
        var stream = Stream(isSession: false);
        var cursor = Join(stream, StreamForm.HubCapitals);
        Start(stream);
        Write(stream, "say \"x\"");
        Write(stream, "bad", OutputStream.Stderr);
        Exit(stream, signal: 9, then: new ErroredMessage { TaskId = "t", Pid = 7, ExitCount = 3, Ts = DateTimeOffset.UnixEpoch });
        Assert.Equal(
            [
                """{"type":"STATUS","containerID":"t","timestamp":"2026-03-01T12:00:00.000000Z","data":{"status":"running","message":"started"}}""",
                """{"seq":1,"type":"LOG","containerID":"t","timestamp":"2026-03-01T12:00:00.000000Z","data":{"level":"info","message":"say \"x\""}}""",
                """{"seq":2,"type":"LOG","containerID":"t","timestamp":"2026-03-01T12:00:00.000000Z","data":{"level":"error","message":"bad"}}""",
                """{"type":"COMPLETE","containerID":"t","timestamp":"2026-03-01T12:00:00.000000Z","data":{"exitCode":137,"message":"ended by SIGKILL"}}""",
                """{"type":"STATUS","containerID":"t","timestamp":"1970-01-01T00:00:00.000000Z","data":{"status":"failed","message":"given up after 3 exits"}}""",
            ],
            Take(cursor).Select(message => message.GetRawText()));
    }

    [Fact]
    public void What_was_there_before_the_first_viewer_is_read_from_the_journal()
    {
        var stream = Stream(isSession: true);
        Start(stream);
        for (var i = 1; i <= 500; i++) Write(stream, $$$"""{"type":"log","containerID":"t","timestamp":"x","data":{"message":"{{{i}}}"}}""");
        var first = stream.As(StreamForm.HubCapitals).Join(new Nobody(), 301);
        Assert.Equal((301, 501), (first.First, first.Next));
        Assert.Equal(Enumerable.Range(301, 200), Take(first.Cursor).Select(message => message.GetProperty("seq").GetInt32()));
        Write(stream, """{"type":"log","containerID":"t","timestamp":"x","data":{"message":"501"}}""");
        Assert.Equal([501], Take(first.Cursor).Select(message => message.GetProperty("seq").GetInt32()));

        // Forgotten, and there again under the same id: viewers go on with the new one.
        stream.Unbind();
        Assert.Empty(Take(first.Cursor));
    }

    [Fact]
    public void A_stream_is_watched_as_long_as_a_viewer_is_there()
    {
        var stream = Stream(isSession: true);
        var cursor = Join(stream, StreamForm.HubLower);
        Assert.False(stream.IsUnwatched);
        Assert.Same(stream, cursor.Stream.Main);
        cursor.Stream.Part(cursor);
        Assert.True(stream.IsUnwatched);
    }

    private TaskStream Stream(bool isSession)
    {
        var stream = new TaskStream("t", new StreamOptions(), new FrameBudget(1 << 20));
        stream.Bind(Path.Join(_place.Path, "j"), default, filter: null, isSession);
        return stream;
    }

    private static StreamCursor Join(TaskStream stream, StreamForm form) => stream.As(form).Join(new Nobody(), null).Cursor;

    private void Start(TaskStream stream)
    {
        stream.Expect(_run);
        _writer.AppendStarted(_run, 7, 1, 0, Noon);
        stream.Announce(_writer.End);
        stream.ConfirmStart(_run, onStart: null);
    }

    private void Write(TaskStream stream, string line, OutputStream output = OutputStream.Stdout)
    {
        _writer.Append(output, 7, 1, Noon, Encoding.UTF8.GetBytes(line + "\n"));
        stream.Announce(_writer.End);
    }

    private void Exit(TaskStream stream, int signal = 0, ServerMessage? then = null)
    {
        _writer.AppendExited(new ExitRecord(_run, 7, 1, signal > 0 ? -1 : 0, signal, 0, 0, 0), Noon);
        stream.Announce(_writer.End);
        stream.ConfirmExit(_run, intentional: false, then is null ? [] : [then]);
    }

    private static List<JsonElement> Take(StreamCursor cursor)
    {
        var bytes = new ArrayBufferWriter<byte>();
        while (cursor.Stream.TryTake(cursor, out var slice))
        {
            bytes.Write(slice.Bytes.Span);
            slice.Release();
        }

        return Messages(bytes.WrittenMemory);
    }

    private static List<JsonElement> Messages(ReadOnlyMemory<byte> rest)
    {
        var messages = new List<JsonElement>();
        while (rest.Length > 0)
        {
            var frame = rest.Span;
            Assert.Equal(0x81, frame[0]);
            var (begin, length) = (frame[1] & 0x7f) switch
            {
                126 => (4, BinaryPrimitives.ReadUInt16BigEndian(frame[2..])),
                127 => (10, (int)BinaryPrimitives.ReadInt64BigEndian(frame[2..])),
                var small => (2, small),
            };
            using var json = JsonDocument.Parse(rest.Slice(begin, length));
            messages.Add(json.RootElement.Clone());
            rest = rest[(begin + length)..];
        }

        return messages;
    }

    private static string Short(JsonElement message) => message.GetProperty("type").GetString() is "output"
        ? $"output {message.GetProperty("seq").GetInt64()} {message.GetProperty("data").GetString()}"
        : message.GetProperty("type").GetString()!;

    private sealed class Nobody : IStreamListener
    {
        public void Ready(StreamCursor cursor)
        {
        }
    }
}
