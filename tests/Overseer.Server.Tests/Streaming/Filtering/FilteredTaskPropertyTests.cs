using FsCheck;
using FsCheck.Fluent;
using Overseer.Recorder.Journal;

namespace Overseer.Server.Tests.Streaming.Filtering;

/// <summary>Whatever happens in whatever order, each subscriber sees what a simple list of lines says.</summary>
public sealed class FilteredTaskPropertyTests
{
    // A longer search: OVERSEER_TEST_ROUNDS=20.
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("OVERSEER_TEST_ROUNDS"), out var rounds) ? rounds : 1;

    private enum Kind
    {
        Print,
        PrintMany,
        Exit,
        Join,
        JoinLive,
        Take,
        Drain,
        Leave,
        Replay,
        ReplayLast,
        Restart,
        RestartWithAnother,
        StartAgain,
        DeleteOldest,
        DeleteIndex,
        CutIndex,
        FlipIndex,
    }

    [Fact]
    public void Any_order_of_output_joins_replays_restarts_rotation_and_damage_gives_what_the_list_says()
    {
        var script =
            from first in Gen.Choose(0, 2)
            from segment in Gen.Elements(500L, 2000L, 20_000L, 1L << 20)
            from steps in AnyStep().ArrayOf()
            select new Script(first, segment, steps);
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(120 * Rounds).WithEndSize(40),
            Prop.ForAll(Arb.From(script, Shrink), run =>
            {
                using var player = new Player(run);
                player.Play();
            }));
    }

    // What random scripts have found.
    [Fact]
    public void An_index_that_is_damaged_before_the_segment_in_front_of_it_is_deleted_is_mended_first() => Play(
        new Script(1, 500, [new(Kind.Print, 960963), new(Kind.Print, 688823), new(Kind.Print, 157206), new(Kind.Join, 636810), new(Kind.CutIndex, 406229), new(Kind.DeleteOldest, 665809), new(Kind.Restart, 0)]));

    [Fact]
    public void Who_has_a_deleted_segment_open_may_see_its_exit_before_the_gap() => Play(
        new Script(1, 2000, [new(Kind.Print, 933296), new(Kind.Exit, 466277), new(Kind.Join, 387372), new(Kind.PrintMany, 134956), new(Kind.DeleteOldest, 838144)]));

    [Fact]
    public void Who_passes_lines_whose_numbers_are_gone_hears_of_it_before_frames_are_shared() => Play(
        new Script(2, 500, [new(Kind.Print, 210105), new(Kind.Join, 52324), new(Kind.Join, 580211), new(Kind.PrintMany, 162428), new(Kind.Take, 504025), new(Kind.DeleteOldest, 114119)]));

    [Fact]
    public void Who_is_behind_in_a_deleted_segment_hears_of_it_before_frames_of_others_are_shared() => Play(
        new Script(1, 20_000, [new(Kind.PrintMany, 229182), new(Kind.JoinLive, 159178), new(Kind.Join, 399900), new(Kind.PrintMany, 555082), new(Kind.Take, 537342), new(Kind.DeleteOldest, 450286), new(Kind.Take, 251913)]));

    [Fact]
    public void An_index_that_is_deleted_while_it_is_begun_is_made_again()
    {
        // It is a matter of microseconds: every second time or so.
        for (var i = 0; i < 20; i++)
        {
            Play(new Script(1, 2000, [new(Kind.Restart, 428902), new(Kind.PrintMany, 586294), new(Kind.JoinLive, 375891), new(Kind.DeleteIndex, 970311), new(Kind.Drain, 697845)]));
        }
    }

    [Fact]
    public void A_filter_that_goes_before_there_is_a_line_for_it_hides_nothing() => Play(
        new Script(0, 1 << 20, [new(Kind.Join, 726178), new(Kind.JoinLive, 977382), new(Kind.Print, 743598), new(Kind.StartAgain, 549815), new(Kind.Take, 552850), new(Kind.StartAgain, 97758), new(Kind.PrintMany, 9597)]));

    private static void Play(Script script)
    {
        using var player = new Player(script);
        player.Play();
    }

    private static Gen<Step> AnyStep() =>
        from kind in Gen.Frequency(
            (12, Gen.Constant(Kind.Print)),
            (3, Gen.Constant(Kind.PrintMany)),
            (2, Gen.Constant(Kind.Exit)),
            (4, Gen.Constant(Kind.Join)),
            (3, Gen.Constant(Kind.JoinLive)),
            (8, Gen.Constant(Kind.Take)),
            (4, Gen.Constant(Kind.Drain)),
            (2, Gen.Constant(Kind.Leave)),
            (4, Gen.Constant(Kind.Replay)),
            (2, Gen.Constant(Kind.ReplayLast)),
            (3, Gen.Constant(Kind.Restart)),
            (2, Gen.Constant(Kind.RestartWithAnother)),
            (2, Gen.Constant(Kind.StartAgain)),
            (3, Gen.Constant(Kind.DeleteOldest)),
            (1, Gen.Constant(Kind.DeleteIndex)),
            (1, Gen.Constant(Kind.CutIndex)),
            (1, Gen.Constant(Kind.FlipIndex)))
        from number in Gen.Choose(0, 1_000_000)
        select new Step(kind, number);

    private static IEnumerable<Script> Shrink(Script script)
    {
        for (var size = script.Steps.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= script.Steps.Length; at += size)
            {
                yield return script with { Steps = [.. script.Steps[..at], .. script.Steps[(at + size)..]] };
            }
        }
    }

    private sealed record Step(Kind Kind, int Number);

    private sealed record Script(int First, long SegmentBytes, Step[] Steps)
    {
        public override string ToString() => $"filter {First}, segments {SegmentBytes}: {string.Join(", ", Steps.Select(step => $"{step.Kind} {step.Number}"))}";
    }

    private sealed class Player : IDisposable
    {
        private readonly Script _script;
        private readonly WordFilter?[] _filters = [null, new WordFilter("a"), new WordFilter("b")];
        private readonly FilteredTask _task;
        private readonly List<(FilteredReader Reader, List<SeenEvent> Seen, int From)> _readers = [];

        // Everything that was ever to be seen, in order: deleted or not.
        private readonly List<SeenEvent> _ever = [];
        private bool _rotated;
        private int _lines;

        public Player(Script script)
        {
            _script = script;
            _task = new FilteredTask(_filters[script.First], [.. _filters.OfType<WordFilter>()], script.SegmentBytes);
        }

        public void Play()
        {
            foreach (var step in _script.Steps) Play(step);
            foreach (var reader in _readers) Drain(reader);
            Compare(_task.Read(), Begin(1), "at the end");
        }

        public void Dispose()
        {
            foreach (var (reader, _, _) in _readers) reader.Dispose();
            _task.Dispose();
        }

        private void Play(Step step)
        {
            var number = step.Number;
            var before = _task.All.Count;
            switch (step.Kind)
            {
                case Kind.Print:
                case Kind.PrintMany:
                    var count = step.Kind == Kind.Print ? 1 + (number % 4) : number % 700;
                    for (var i = 0; i < count; i++) Print(number + i);
                    break;
                case Kind.Exit:
                    _task.Exit();
                    break;
                case Kind.Join when _readers.Count < 5:
                    var from = 1 + (number % (_task.NextSeq + 2));
                    var joined = _task.Join(from);
                    Assert.True(joined.Next == _task.NextSeq, $"next is {joined.Next}, not {_task.NextSeq}");
                    List<SeenEvent> gap = joined.First > from && from < joined.Next ? [SeenEvent.Gap(from, joined.First - 1)] : [];
                    _readers.Add((joined, gap, IndexOf(from)));
                    break;
                case Kind.JoinLive when _readers.Count < 5:
                    _readers.Add((_task.Join(null), [], _ever.Count));
                    break;
                case Kind.Take when _readers.Count > 0:
                    var taker = _readers[number % _readers.Count];
                    taker.Seen.AddRange(taker.Reader.Read(1 + (number % 3)));
                    break;
                case Kind.Drain when _readers.Count > 0:
                    Drain(_readers[number % _readers.Count]);
                    break;
                case Kind.Leave when _readers.Count > 0:
                    _readers[number % _readers.Count].Reader.Dispose();
                    _readers.RemoveAt(number % _readers.Count);
                    break;
                case Kind.Replay:
                    var begin = 1 + (number % _task.NextSeq);
                    Compare(_task.Replay(begin, null), Begin(begin), $"replay from {begin}");
                    break;
                case Kind.ReplayLast:
                    var last = 1 + (number % 30);
                    Compare([.. _task.Replay(null, last).Where(seen => seen.Type != "gap")], _task.All.TakeLast(last), $"the last {last}");
                    break;
                case Kind.Restart:
                    Hang();
                    _task.Restart();
                    break;
                case Kind.RestartWithAnother:
                    Hang();
                    _task.Restart(_filters[number % 3]);
                    break;
                case Kind.StartAgain:
                    _task.StartAgain(_filters[number % 3]);
                    break;
                case Kind.DeleteOldest:
                    _rotated |= _task.DeleteOldest();
                    return;
                case Kind.DeleteIndex or Kind.CutIndex or Kind.FlipIndex when _task.IndexFiles.Length > (_rotated ? 1 : 0):
                    Damage(step.Kind, number);
                    break;
            }

            _ever.AddRange(_task.All.Skip(before));
        }

        private void Print(int number)
        {
            var word = (number % 7) switch { 0 => "a", 1 => "b", 2 => "a b", 3 => "", 4 => "a", _ => "c" };
            _task.Print($"{word} {_lines++}", number % 5 == 0 ? OutputStream.Stderr : OutputStream.Stdout);
        }

        private void Damage(Kind kind, int number)
        {
            var files = _task.IndexFiles;
            var file = files[number % files.Length];
            var content = File.ReadAllBytes(file);
            if (kind == Kind.DeleteIndex)
            {
                File.Delete(file);
            }
            else if (kind == Kind.CutIndex)
            {
                File.WriteAllBytes(file, content[..(number % (content.Length + 1))]);
            }
            else if (content.Length > 0)
            {
                content[number % content.Length] ^= (byte)(1 << (number % 8));
                File.WriteAllBytes(file, content);
            }

            if (number % 2 == 0)
            {
                Hang();
                _task.Restart();
            }

            Compare(_task.Read(), Begin(1), $"after {kind} of {Path.GetFileName(file)}");
        }

        private void Hang()
        {
            foreach (var (reader, seen, from) in _readers)
            {
                reader.Dispose();
                Compare(seen, _ever.Skip(from).Take(Until(seen, from)), "a subscriber that was cut off");
            }

            _readers.Clear();
        }

        private int Until(List<SeenEvent> seen, int from)
        {
            var last = seen.LastOrDefault(one => one.Type != "exited");
            var reached = last.Type == "gap" ? long.Parse(last.Text, System.Globalization.CultureInfo.InvariantCulture) : last.Seq;
            var lines = reached == 0 ? 0 : _ever.FindIndex(one => one.Type == "output" && one.Seq == reached) + 1 - from;
            return Math.Max(0, lines) + seen.AsEnumerable().Reverse().TakeWhile(one => one.Type == "exited").Count();
        }

        private void Drain((FilteredReader Reader, List<SeenEvent> Seen, int From) reader)
        {
            reader.Seen.AddRange(reader.Reader.Read());
            Compare(reader.Seen, _ever.Skip(reader.From), "a subscriber");
        }

        private IEnumerable<SeenEvent> Begin(long seq) => _ever.Skip(IndexOf(seq));

        private int IndexOf(long seq) => seq > _task.NextSeq ? _ever.Count : _ever.FindLastIndex(one => one.Type == "output" && one.Seq < seq) + 1;

        // A gap stands for the lines that it names. Exits in deleted history are not announced, or before the gap: who has the deleted segment open reads it on.
        private void Compare(IReadOnlyList<SeenEvent> seen, IEnumerable<SeenEvent> expected, string what)
        {
            List<SeenEvent> all = [.. expected];
            var at = 0;
            foreach (var one in seen)
            {
                while (_rotated && one.Type != "exited" && at < all.Count && all[at].Type == "exited") at++;
                var next = at < all.Count ? all[at] : default;
                if (_rotated && one.Type == "exited" && next.Type == "output" && seen.Any(later => later.Type == "gap" && later.Seq == next.Seq)) continue;
                if (one.Type == "gap")
                {
                    var to = long.Parse(one.Text, System.Globalization.CultureInfo.InvariantCulture);
                    Assert.True(_rotated && next.Seq == one.Seq, $"{what}: {one} instead of {next}\n{_script}");
                    at = all.FindIndex(line => line.Seq == to) + 1;
                    continue;
                }

                Assert.True(next == one, $"{what}: {one} instead of {next}\n{_script}");
                at++;
            }

            while (_rotated && at < all.Count && all[at].Type == "exited") at++;
            Assert.True(at == all.Count, $"{what}: {(at < all.Count ? all[at] : default)} and what is behind it did not come\n{_script}");
        }
    }
}
