using System.Buffers;
using System.Text;
using Overseer.Cli.Reporting.Spooling;

namespace Overseer.Cli.Tests.Reporting;

public sealed class SpoolTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("overseer-spool-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Records_come_out_in_order_with_numbers_from_one_on(bool onDisk)
    {
        using Spool spool = Open(1 << 20, onDisk);
        Fill(spool, 1, 5000);

        Assert.Equal(Enumerable.Range(1, 5000).Select(n => ((long)n, $"line {n}")), TakeAll(spool));
        Assert.Equal((5000, false), (spool.LastTaken, spool.IsDrained));
        Assert.True(spool.Acknowledge(5000));
        Assert.True(spool.IsDrained);
        Assert.Equal(0, spool.InFlightBytes);
    }

    [Fact]
    public void What_has_not_arrived_comes_again_with_the_same_number()
    {
        using Spool spool = Open(64 * 1024);
        Fill(spool, 1, 1000);
        for (int i = 0; i < 700; i++)
            Take(spool);
        spool.Acknowledge(300);
        spool.Rewind();

        Assert.Equal(Enumerable.Range(301, 700).Select(n => ((long)n, $"line {n}")), TakeAll(spool));
    }

    [Fact]
    public void Files_go_when_everything_in_them_has_arrived()
    {
        using Spool spool = Open(1 << 20);
        for (int round = 0; round < 20; round++)
        {
            Fill(spool, (round * 1000) + 1, 1000);
            TakeAll(spool);
            spool.Acknowledge((round + 1) * 1000);
            Assert.InRange(Directory.GetFiles(_directory).Sum(file => new FileInfo(file).Length), 0, 128 * 1024);
        }

        Fill(spool, 1, 1);
        Assert.Equal((20_001, "line 1"), Take(spool));
    }

    [Fact]
    public void A_full_spool_gives_up_the_oldest_lines_and_nothing_else_and_says_how_many()
    {
        using Spool spool = Open(32 * 1024);
        Add(spool, RecordKind.Kept, "starting");
        Fill(spool, 1, 3000);
        Add(spool, RecordKind.Kept, "running");
        Fill(spool, 3001, 3000);
        Add(spool, RecordKind.Last, "complete");

        Assert.InRange(spool.Bytes, 1, 32 * 1024);
        Assert.InRange(Directory.GetFiles(_directory).Sum(file => new FileInfo(file).Length), 1, 32 * 1024);
        var left = TakeAll(spool);
        Assert.Equal(Enumerable.Range(1, left.Count).Select(n => (long)n), left.Select(one => one.Number));
        string[] texts = [.. left.Select(one => one.Text)];
        Assert.Equal(["starting", "running"], texts[..2]);
        Assert.Equal("complete", texts[^1]);
        int lost = int.Parse(texts[2].Split(' ')[1]);
        Assert.Equal($"lost {lost}", texts[2]);
        Assert.Equal(Enumerable.Range(lost + 1, 6000 - lost).Select(n => $"line {n}"), texts[3..^1]);
    }

    [Fact]
    public void What_is_on_its_way_is_not_given_up()
    {
        using Spool spool = Open(32 * 1024);
        Fill(spool, 1, 50);
        for (int n = 1; n <= 50; n++)
            Assert.Equal((n, $"line {n}"), Take(spool));
        Fill(spool, 51, 5000);
        spool.Rewind();

        var left = TakeAll(spool);
        Assert.Equal(Enumerable.Range(1, 50).Select(n => $"line {n}"), left.Take(50).Select(one => one.Text));
        string[] gone = [.. left.Select(one => one.Text).Where(text => text.StartsWith("lost", StringComparison.Ordinal))];
        Assert.Equal(5050, left.Count - 1 + int.Parse(Assert.Single(gone).Split(' ')[1]));
        Assert.Equal("line 5050", left[^1].Text);
    }

    [Fact]
    public void A_torn_end_is_cut_off_and_what_comes_before_is_found_again()
    {
        using (Spool spool = Open(1 << 20))
            Fill(spool, 1, 100);
        string file = Directory.GetFiles(_directory).Order(StringComparer.Ordinal).Last(one => new FileInfo(one).Length > 100);
        using (FileStream torn = File.OpenWrite(file))
            torn.SetLength(torn.Length - 3);

        using Spool again = Open(1 << 20);
        Assert.Equal(Enumerable.Range(1, 99).Select(n => $"line {n}"), TakeAll(again).Select(one => one.Text));
    }

    [Fact]
    public void The_next_process_finds_the_numbers_that_were_given()
    {
        using (Spool spool = Open(16 * 1024))
        {
            Fill(spool, 1, 300);
            for (int i = 0; i < 200; i++)
                Take(spool);
            spool.Acknowledge(150);
        }

        using Spool again = Open(1 << 20);
        var left = TakeAll(again);
        Assert.InRange(left[0].Number, 1, 151);
        Assert.All(left, one => Assert.Equal($"line {one.Number}", one.Text));
        Assert.Equal(300, left[^1].Number);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_happens_in_whatever_order_each_line_arrives_once_or_is_counted(int seed)
    {
        var random = new Random(seed);
        var arrived = new List<string>();
        int written = 0;
        long known = 0;
        Spool spool = Open(16 * 1024);
        for (int step = 0; step < 2000; step++)
        {
            switch (random.Next(10))
            {
                case < 4:
                    int count = random.Next(60);
                    Fill(spool, written + 1, count);
                    written += count;
                    break;
                case < 7:
                    for (int i = random.Next(40); i > 0 && Take(spool) is { Number: > 0 } one; i--)
                        Receive(one);
                    break;
                case 7:
                    spool.Acknowledge(known);
                    break;
                case 8:
                    spool.Rewind();
                    break;
                default:
                    if (random.Next(10) == 0)
                    {
                        spool.Dispose();
                        spool = Open(16 * 1024);
                    }
                    break;
            }
            Assert.InRange(spool.Bytes, 0, 17 * 1024);
        }
        spool.Rewind();
        foreach (var one in TakeAll(spool))
            Receive(one);
        spool.Dispose();

        int next = 1;
        foreach (string text in arrived)
        {
            string[] words = text.Split(' ');
            next += words[0] == "lost" ? int.Parse(words[1]) : 1;
            if (words[0] == "line")
                Assert.Equal(next - 1, int.Parse(words[1]));
        }
        Assert.Equal(written, next - 1);

        // As the hub does it.
        void Receive((long Number, string Text) one)
        {
            if (one.Number <= known)
                return;
            Assert.Equal(known + 1, one.Number);
            known = one.Number;
            arrived.Add(one.Text);
        }
    }

    [Fact]
    public void A_large_record_has_a_segment_of_its_own()
    {
        using Spool spool = Open(16 * 1024);
        string large = new('x', 200_000);
        Fill(spool, 1, 1);
        Add(spool, RecordKind.Kept, large);
        Fill(spool, 2, 1);

        string[] texts = [.. TakeAll(spool).Select(one => one.Text)];
        Assert.Equal([large], texts.Where(text => text.Length > 100));
    }

    private static void Fill(Spool spool, int first, int count)
    {
        for (int n = first; n < first + count; n++)
            spool.Add(RecordKind.Line, Encoding.UTF8.GetBytes($"line {n}"));
        spool.Commit();
    }

    private static void Add(Spool spool, RecordKind kind, string text)
    {
        spool.Add(kind, Encoding.UTF8.GetBytes(text));
        spool.Commit();
    }

    private static (long Number, string Text) Take(Spool spool)
    {
        var payload = new ArrayBufferWriter<byte>();
        long number = spool.Take(payload);
        return (number, Encoding.UTF8.GetString(payload.WrittenSpan));
    }

    private static List<(long Number, string Text)> TakeAll(Spool spool)
    {
        var taken = new List<(long, string)>();
        while (Take(spool) is { Number: > 0 } one)
            taken.Add(one);
        return taken;
    }

    private Spool Open(long limit, bool onDisk = true)
        => Spool.Open("d", new SpoolPlace(onDisk ? _directory : null), limit, lost => Encoding.UTF8.GetBytes($"lost {lost}"), null, out _);
}
