using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

/// <summary>A generated test: how the journal is written, and what happens to it.</summary>
internal sealed record Script(JournalOptions Options, Step[] Steps)
{
    internal static long TimeOf(int step) => 1_700_000_000_000_000_000 + step;

    /// <summary>Makes the steps happen through a writer's appends; <paramref name="after"/> sees the journal's end after each.</summary>
    internal JournalEnd Write(string directory, Action<JournalEnd>? after = null)
    {
        using var scratch = new JournalBuffer();
        var writer = JournalWriter.Open(directory, Options, scratch);
        try
        {
            for (var i = 0; i < Steps.Length; i++)
            {
                if (Steps[i].Kind == StepKind.Reopen)
                {
                    writer.Dispose();
                    writer = JournalWriter.Open(directory, Options, scratch);
                }
                else
                {
                    Write(writer, Steps[i], TimeOf(i));
                }

                after?.Invoke(writer.End);
            }

            return writer.End;
        }
        finally
        {
            writer.Dispose();
        }
    }

    internal static void Write(JournalWriter writer, Step step, long timeNs)
    {
        switch (step.Kind)
        {
            case StepKind.Output:
                writer.Append(step.Stream, 100 + step.Run, step.Run, timeNs, step.Data);
                break;
            case StepKind.Started:
                writer.AppendStarted(RunId(step.Run), 100 + step.Run, step.Run, 777, timeNs);
                break;
            case StepKind.Exited:
                writer.AppendExited(new ExitRecord(RunId(step.Run), 100 + step.Run, step.Run, 3, 0, 1, 2, 3), timeNs);
                break;
            case StepKind.Cut:
                writer.CutLine(step.Stream, 100 + step.Run, step.Run, timeNs);
                break;
            case StepKind.Gap:
                writer.AppendGap(GapReason.DiskFull, 12, step.Stream, 100 + step.Run, step.Run, timeNs);
                break;
            default:
                throw new InvalidOperationException();
        }
    }

    internal static Guid RunId(int run) => new(run, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);

    public override string ToString() =>
        $"line {Options.MaxLineBytes}, segment {Options.SegmentBytes}, index {Options.IndexIntervalBytes}:\n  {string.Join("\n  ", Steps.Select(s => s.ToString()))}";
}
