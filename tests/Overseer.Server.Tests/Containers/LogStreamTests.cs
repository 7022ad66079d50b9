using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using Overseer.Core.Drivers;
using Overseer.Drivers.Docker;
using Overseer.Drivers.Docker.Engine;

namespace Overseer.Server.Tests.Containers;

/// <summary>The output of containers as engines send it, cut anywhere, and the place in it that a journal has.</summary>
public sealed class LogStreamTests
{
    private const string Time = "2026-11-21T12:18:26.123456789Z ";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Frames_are_put_together_however_they_come(int at)
    {
        var all = await ReadAsync(raw: false, at, Frame(1, Time + "one\n"), Frame(2, "2026-11-21T12:18:27+01:00 two"), Frame(1, Time + "\n"), Frame(1, "no time\n"));
        Assert.Equal(["Stdout 12:18:26.1234567 one\n", "Stderr 11:18:27.0000000 two", "Stdout 12:18:26.1234567 \n", "Stdout 12:18:26.1234567 no time\n"], all);
    }

    [Fact]
    public async Task A_frame_that_is_torn_at_the_end_is_left_out()
    {
        var whole = Frame(1, Time + "one\n");
        Assert.Equal(["Stdout 12:18:26.1234567 one\n"], await ReadAsync(raw: false, 1000, whole, whole[..^1]));
        Assert.Empty(await ReadAsync(raw: false, 1000, whole[..5]));
    }

    [Fact]
    public async Task A_long_frame_becomes_pieces_of_one_time()
    {
        var all = await ReadAsync(raw: false, 50_000, Frame(1, Time + new string('x', 600_000)), Frame(1, Time + "y\n"));
        Assert.Equal(4, all.Count);
        Assert.Equal(600_000, all.Take(3).Sum(piece => piece.Count(c => c == 'x')));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task Without_frames_lines_are_all_there_is(int at)
    {
        var all = await ReadAsync(raw: true, at, Encoding.UTF8.GetBytes($"{Time}one\r\n{Time}two"));
        Assert.Equal(["Stdout 12:18:26.1234567 one\r\n", "Stdout 12:18:26.1234567 two"], all);
    }

    [Fact]
    public async Task What_is_no_output_is_refused()
    {
        await Assert.ThrowsAsync<EngineRefusedException>(() => ReadAsync(raw: false, 1000, Encoding.UTF8.GetBytes("HTTP/1.1 400 Bad")));
        Assert.Equal("broken log", (await Assert.ThrowsAsync<EngineRefusedException>(() => ReadAsync(raw: false, 1000, Frame(3, "broken log\n")))).Message);
    }

    [Fact]
    public void A_place_leaves_out_what_the_journal_has_and_nothing_else()
    {
        var second = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        LogPiece[] log = [.. new[] { 0, 1, 1, 1, 2, 2, 5 }.Select(s => new LogPiece(HostedOutput.Stdout, second.AddSeconds(s), default))];
        for (var recorded = 0; recorded <= log.Length; recorded++)
        {
            var last = recorded == 0 ? new HostedPlace(DateTimeOffset.MinValue, 0) : new HostedPlace(log[recorded - 1].At, log.Take(recorded).Reverse().TakeWhile(piece => piece.At == log[recorded - 1].At).Count());
            var place = new OutputPlace(last);
            Assert.Equal(log.Skip(recorded), log.Where(piece => !place.Has(piece)));

            // The same again after an interruption, with what was added meanwhile.
            place = new OutputPlace(last);
            var added = log.Skip(recorded).Take(2).ToList();
            added.ForEach(piece => place.Add(piece));
            place.Rewind();
            Assert.Equal(log.Skip(recorded + added.Count), log.Where(piece => piece.At >= (place.Since ?? DateTimeOffset.MinValue) && !place.Has(piece)));
        }
    }

    private static byte[] Frame(byte stream, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var frame = new byte[8 + body.Length];
        frame[0] = stream;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)body.Length);
        body.CopyTo(frame, 8);
        return frame;
    }

    private static async Task<List<string>> ReadAsync(bool raw, int at, params byte[][] parts)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        foreach (var part in parts.SelectMany(part => part).Chunk(at)) await pipe.Writer.WriteAsync(part);
        await pipe.Writer.CompleteAsync();
        await using var stream = new LogStream(pipe.Reader.AsStream(), new MemoryStream(), "test", raw);
        var all = new List<string>();
        while (await stream.ReadAsync(CancellationToken.None) is { } piece)
        {
            all.Add($"{piece.Output} {piece.At.UtcDateTime.ToString("HH:mm:ss.fffffff", System.Globalization.CultureInfo.InvariantCulture)} {Encoding.UTF8.GetString(piece.Data.Span)}");
        }

        return all;
    }
}
