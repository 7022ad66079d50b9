namespace Overseer.Recorder.Journal;

/// <summary>The unfinished lines a reader has met. A lane that is not here, or has another length than a chunk says, is read from the file.</summary>
internal sealed class LaneBuffers : IDisposable
{
    private readonly List<LaneBuffer> _lanes = new(2);

    /// <summary>The lane's buffer; a free one, empty, when it has none yet.</summary>
    internal LaneBuffer Of(int run, OutputStream stream)
    {
        LaneBuffer? free = null;
        foreach (var lane in _lanes)
        {
            if (lane.Run == run && lane.Stream == stream)
            {
                return lane;
            }

            free = lane.Length == 0 ? lane : free;
        }

        if (free is null)
        {
            free = new LaneBuffer();
            _lanes.Add(free);
        }

        free.Run = run;
        free.Stream = stream;
        return free;
    }

    internal void Clear()
    {
        foreach (var lane in _lanes)
        {
            lane.KeepLast(0);
        }
    }

    public void Dispose()
    {
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }
    }
}
