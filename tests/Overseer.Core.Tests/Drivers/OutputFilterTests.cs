using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Overseer.Core.Drivers;
using Overseer.Core.Expressions.Cel;

namespace Overseer.Core.Tests.Drivers;

public sealed class OutputFilterTests
{
    private static readonly byte[] Line = Encoding.UTF8.GetBytes("[ 42%] Building CXX object src/CMakeFiles/engine.dir/parser/expression.cpp.o ... ");
    private static readonly byte[] JsonLine = Encoding.UTF8.GetBytes("""{"time":"2025-01-01T00:00:00Z","level":"error","message":"out of cheese","code":42}""");

    [Theory]
    [InlineData("output.data.contains('x')", null, false, "axb", true)]
    [InlineData("output.data.contains('x')", null, false, "ab", false)]
    [InlineData("output.data.contains('x')", null, true, "ab", true)]
    [InlineData(null, "output.data.startsWith('E')", false, "anything", true)]
    [InlineData(null, "output.data.startsWith('E')", true, "Error", true)]
    [InlineData(null, "output.data.startsWith('E')", true, "Info", false)]
    [InlineData("output.stream == 'stdout'", "output.stream == 'stdout'", false, "", true)]
    [InlineData("output.stream == 'stdout'", "output.stream == 'stdout'", true, "", false)]
    [InlineData("output.json.level == 'error'", null, false, "{\"level\":\"error\"}", true)]
    [InlineData("output.json.level == 'error'", null, false, "no JSON", false)]
    [InlineData("output.json == {}", null, false, "no JSON", true)]
    [InlineData("output.json.flag", null, false, "{\"flag\":true}", true)]
    [InlineData("output.json.flag", null, false, "{\"flag\":\"true\"}", false)]
    [InlineData("1 / 0 == 1", null, false, "", false)]
    [InlineData("!(1 / 0 == 1)", null, false, "", false)]
    public void A_line_passes_when_the_condition_of_its_stream_yields_true(string? stdout, string? stderr, bool isStderr, string line, bool passes) =>
        Assert.Equal(passes, OutputFilter.Create(stdout, stderr)!.Passes(isStderr, Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Without_conditions_there_is_no_filter() => Assert.Null(OutputFilter.Create(null, null));

    [Fact]
    public void A_wrong_condition_is_refused() => Assert.Equal("there is no string + int", Assert.Throws<CelException>(() => OutputFilter.Create(null, "output.data + 1 == 2")).Cause);

    [Fact]
    public void A_fingerprint_is_the_same_everywhere_and_another_for_other_conditions()
    {
        Assert.Equal(0xF2841B6314E2ADDFUL, OutputFilter.Create("true", null)!.Fingerprint);
        (string?, string?)[] conditions = [("true", null), (null, "true"), ("true", "true"), ("true ", null), ("tru" + "e && true", null), ("\"\" == ''", null), ("true", "false"), ("false", "true")];
        Assert.Equal(conditions.Length, conditions.Select(c => OutputFilter.Create(c.Item1, c.Item2)!.Fingerprint).Distinct().Count());
        Assert.Equal(OutputFilter.Create("true", "false")!.Fingerprint, OutputFilter.Create("true", "false")!.Fingerprint);
    }

    [Theory]
    [InlineData("output.data.contains('x')")]
    [InlineData("output.stream == 'stderr' && output.data.startsWith('E')")]
    [InlineData("output.data == 'a' || output.data.endsWith('... ') && !output.data.contains('nothing')")]
    [InlineData("output.stream in ['stdout', 'stderr'] && size(output.data) > 3")]
    [InlineData("output.data.matches('(Building|Linking) [A-Z]+ object')")]
    [InlineData("output.json.level == 'error' || has(output.json.code) && output.json.code > 41")]
    [InlineData("output.json.missing == 1")]
    public void Simple_filters_allocate_nothing(string condition)
    {
        var filter = OutputFilter.Create(condition, condition)!;
        byte[] broken = [(byte)'E', 0xff, (byte)'x'];
        byte[][] lines = [Line, JsonLine, broken, []];
        void Run(int times)
        {
            for (var i = 0; i < times; i++) filter.Passes((i & 1) != 0, lines[i & 3]);
        }

        // Code that the runtime compiles anew meanwhile may allocate once, in one round; what allocates for its lines, however few of them, does so in others too.
        Run(2000);
        var rounds = Enumerable.Range(0, 5).Select(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(10_000);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }).ToList();
        Assert.True(rounds.Count(bytes => bytes != 0) <= 1, $"allocated in five rounds: {string.Join(", ", rounds)} bytes");
    }

    /// <summary>Broken bytes are U+FFFD each; searching raw bytes must not show.</summary>
    [Fact]
    public void Conditions_on_raw_bytes_say_what_they_would_say_of_the_text()
    {
        var octet = Gen.Elements<byte>((byte)'a', (byte)'b', 0xC3, 0xA4, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0x80, 0xFF, 0xEF, 0xBF, 0xBD);
        var part = Gen.Elements("a", "b", "ab", "ä", "€", "😀", "aä", "€b", "", "\ufffd", "a\ufffd", "\ufffd\ufffd");
        Prop.ForAll(octet.ArrayOf().ToArbitrary(), part.ToArbitrary(), (line, wanted) =>
        {
            var text = Decoded(line);
            void Same(string condition, bool expected) => Assert.Equal(expected, OutputFilter.Create(condition, null)!.Passes(false, line));

            Same($"output.data.contains('{wanted}')", text.Contains(wanted, StringComparison.Ordinal));
            Same($"output.data.startsWith('{wanted}')", text.StartsWith(wanted, StringComparison.Ordinal));
            Same($"output.data.endsWith('{wanted}')", text.EndsWith(wanted, StringComparison.Ordinal));
            Same($"output.data == '{wanted}'", text == wanted);
            Same($"'{wanted}' != output.data", text != wanted);
            Same($"output.data.contains(dyn('{wanted}' + ''))", text.Contains(wanted, StringComparison.Ordinal));
            Same($"size(output.data) == {text.EnumerateRunes().Count()}", true);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public async Task A_filter_may_be_used_from_any_thread()
    {
        var filter = OutputFilter.Create("output.json.l.map(x, x + 1.0).exists(x, x == double(output.json.n)) && output.data.contains('n')", null)!;
        await Parallel.ForAsync(0, 2000, (i, _) =>
        {
            var line = Encoding.UTF8.GetBytes($"{{\"n\":{i},\"l\":[{i - 1},{i % 2}]}}");
            Assert.True(filter.Passes(false, line));
            Assert.False(filter.Passes(false, Encoding.UTF8.GetBytes($"{{\"n\":{i},\"l\":[{i}]}}")));
            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public void Memory_that_is_no_array_is_as_good()
    {
        using var memory = new PinnedMemory(Line);

        Assert.True(OutputFilter.Create("output.data.contains('CXX') && output.data.matches('^.[ ]42') && size(output.data) == 81", null)!.Passes(false, memory.Memory));
    }

    [Fact]
    public void The_longest_line_of_the_worst_bytes_is_judged_in_good_time()
    {
        var worst = new byte[1024 * 1024];
        worst.AsSpan().Fill(0xE2);
        var nested = Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 512 * 1024));
        var filter = OutputFilter.Create("output.json.a == 1 || output.data.matches('x') || size(output.data) == 0", null)!;
        var start = Stopwatch.GetTimestamp();

        Assert.False(filter.Passes(false, worst));
        Assert.False(filter.Passes(false, nested));

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    /// <summary>As clients are shown it: one U+FFFD for each byte that belongs to no valid sequence.</summary>
    private static string Decoded(byte[] line)
    {
        var text = new StringBuilder();
        for (ReadOnlySpan<byte> left = line; !left.IsEmpty;)
        {
            var done = Rune.DecodeFromUtf8(left, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            text.Append(rune.ToString());
            left = left[(done ? length : 1)..];
        }

        return text.ToString();
    }

    private sealed class PinnedMemory(byte[] octets) : System.Buffers.MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => octets;

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
