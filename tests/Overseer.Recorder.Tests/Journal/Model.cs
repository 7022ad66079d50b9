using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

/// <summary>What a journal must contain after a script, worked out byte by byte without any notion of chunks or files.</summary>
internal sealed class Model(int maxLineBytes)
{
    private readonly Dictionary<(int, OutputStream), List<byte>> _lanes = [];
    private long _nextLine = 1;

    internal List<Seen> Entries { get; } = [];

    internal static List<Seen> Of(Script script)
    {
        var model = new Model(script.Options.MaxLineBytes);
        foreach (var step in script.Steps)
        {
            model.Apply(step);
        }

        return model.Entries;
    }

    internal void Apply(Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Output:
                foreach (var value in step.Data)
                {
                    Feed(step, value);
                }

                break;
            case StepKind.Cut:
                Cut(step.Run, step.Stream);
                break;
            case StepKind.Exited:
                Cut(step.Run, OutputStream.Stdout);
                Cut(step.Run, OutputStream.Stderr);
                Entries.Add(new Seen(EntryKind.Exited, _nextLine, OutputStream.None, "", false, step.Run, GapReason.None));
                break;
            case StepKind.Started:
                Entries.Add(new Seen(EntryKind.Started, _nextLine, OutputStream.None, "", false, step.Run, GapReason.None));
                break;
            case StepKind.Gap:
                Entries.Add(new Seen(EntryKind.Gap, _nextLine, step.Stream, "", false, step.Run, GapReason.DiskFull));
                break;
            default:
                break;
        }
    }

    private void Feed(Step step, byte value)
    {
        var lane = Lane(step.Run, step.Stream);
        if (value == (byte)'\n')
        {
            var length = lane.Count > 0 && lane[^1] == (byte)'\r' ? lane.Count - 1 : lane.Count;
            Add(step, lane[..length], partial: false);
            lane.Clear();
            return;
        }

        if (lane.Count == maxLineBytes)
        {
            var kept = Continues(lane, value);
            Add(step, lane[..(lane.Count - kept)], partial: true);
            lane.RemoveRange(0, lane.Count - kept);
        }

        lane.Add(value);
    }

    // How many bytes at the end of the lane begin a UTF-8 sequence that the value continues.
    private static int Continues(List<byte> lane, byte value)
    {
        for (var count = 1; count <= 3 && (value & 0xC0) == 0x80; count++)
        {
            var lead = lane[^count];
            var length = lead >= 0xF8 ? 0 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
            if (length > count)
            {
                return count;
            }

            if ((lead & 0xC0) != 0x80)
            {
                return 0;
            }
        }

        return 0;
    }

    private void Cut(int run, OutputStream stream)
    {
        var lane = Lane(run, stream);
        if (lane.Count > 0)
        {
            Add(new Step(StepKind.Output, run, stream, []), lane, partial: false);
            lane.Clear();
        }
    }

    private void Add(Step step, List<byte> data, bool partial) =>
        Entries.Add(new Seen(EntryKind.Line, _nextLine++, step.Stream, Convert.ToHexString(data.ToArray()), partial, step.Run, GapReason.None));

    private List<byte> Lane(int run, OutputStream stream)
    {
        if (!_lanes.TryGetValue((run, stream), out var lane))
        {
            _lanes[(run, stream)] = lane = [];
        }

        return lane;
    }
}
