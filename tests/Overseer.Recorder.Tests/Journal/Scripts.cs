using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

/// <summary>Generators: small limits and nasty bytes, so that every border is crossed often.</summary>
internal static class Scripts
{
    private static readonly byte[][] Pieces =
    [
        "\n"u8.ToArray(), "\n"u8.ToArray(), "\n"u8.ToArray(), "\r\n"u8.ToArray(), "\r"u8.ToArray(), "\0"u8.ToArray(), "a"u8.ToArray(), "bcd"u8.ToArray(),
        Encoding.UTF8.GetBytes("é"), Encoding.UTF8.GetBytes("€"), Encoding.UTF8.GetBytes("😀"), [0x80], [0xFF], [0xF0, 0x9F], [0xE2, 0x82], [0xC3],
        "efghijklm"u8.ToArray(), "0123456789abcdef0123456789abcdef"u8.ToArray(),
    ];

    // A longer search: OVERSEER_TEST_ROUNDS=20.
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("OVERSEER_TEST_ROUNDS"), out var rounds) ? rounds : 1;

    internal static Arbitrary<Script> Any { get; } = Arb.From(Script(), Shrink);

    internal static void Check(Func<Script, bool> property, int tests = 300) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests * Rounds).WithEndSize(60), Prop.ForAll(Any, property));

    internal static void Check(Func<Script, int, bool> property, int tests = 300) => FsCheck.Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(tests * Rounds).WithEndSize(60),
        Prop.ForAll(Any, Arb.From(Gen.Choose(0, int.MaxValue - 1)), property));

    private static Gen<Script> Script() =>
        from line in Gen.Elements(4, 5, 7, 8, 16, 33, 1 << 20)
        from segment in Gen.Elements<long>(100, 300, 1000, 5000, 1 << 26)
        from index in Gen.Elements(1, 100, 500, 65536)
        from steps in OneStep().ArrayOf()
        select new Script(new JournalOptions { MaxLineBytes = line, SegmentBytes = segment, IndexIntervalBytes = index }, steps);

    private static Gen<Step> OneStep() =>
        from kind in Gen.Frequency(
            (20, Gen.Constant(StepKind.Output)),
            (1, Gen.Constant(StepKind.Started)),
            (1, Gen.Constant(StepKind.Exited)),
            (1, Gen.Constant(StepKind.Cut)),
            (1, Gen.Constant(StepKind.Gap)),
            (1, Gen.Constant(StepKind.Reopen)))
        from run in Gen.Choose(1, 2)
        from stream in Gen.Elements(OutputStream.Stdout, OutputStream.Stderr)
        from pieces in Gen.Elements(Pieces).NonEmptyListOf()
        from copies in Gen.Frequency((8, Gen.Constant(1)), (1, Gen.Constant(40)))
        select new Step(kind, run, stream, kind == StepKind.Output ? Repeat(pieces, copies) : []);

    private static byte[] Repeat(IReadOnlyList<byte[]> pieces, int copies) => [.. Enumerable.Repeat(pieces, copies).SelectMany(p => p).SelectMany(p => p)];

    private static IEnumerable<Script> Shrink(Script script)
    {
        for (var size = script.Steps.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= script.Steps.Length; at += size)
            {
                yield return script with { Steps = [.. script.Steps[..at], .. script.Steps[(at + size)..]] };
            }
        }

        for (var i = 0; i < script.Steps.Length; i++)
        {
            var data = script.Steps[i].Data;
            for (var size = data.Length / 2; size > 0; size /= 2)
            {
                for (var at = 0; at + size <= data.Length; at += size)
                {
                    var steps = script.Steps.ToArray();
                    steps[i] = steps[i] with { Data = [.. data[..at], .. data[(at + size)..]] };
                    yield return script with { Steps = steps };
                }
            }
        }
    }
}
