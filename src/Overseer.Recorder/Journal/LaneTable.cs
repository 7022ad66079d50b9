using System.Runtime.CompilerServices;

namespace Overseer.Recorder.Journal;

/// <summary>The lanes that have an unfinished line. Few, so a scan beats hashing; allocates only when it grows.</summary>
internal sealed class LaneTable
{
    private Lane[] _lanes = new Lane[2];
    private int _count;

    internal Span<Lane> All => _lanes.AsSpan(0, _count);

    /// <summary>The lane's state; all zero when it has no unfinished line.</summary>
    internal Lane Get(int run, OutputStream stream)
    {
        ref var lane = ref Find(run, stream);
        return Unsafe.IsNullRef(ref lane) ? new Lane { Run = run, Stream = stream } : lane;
    }

    /// <summary>Keeps the lane's new state, or forgets it when it has no unfinished line.</summary>
    internal void Set(in Lane lane)
    {
        ref var known = ref Find(lane.Run, lane.Stream);
        if (!Unsafe.IsNullRef(ref known))
        {
            known = lane.Pending > 0 ? lane : _lanes[--_count];
        }
        else if (lane.Pending > 0)
        {
            if (_count == _lanes.Length)
            {
                Array.Resize(ref _lanes, _count * 2);
            }

            _lanes[_count++] = lane;
        }
    }

    internal void Remove(int run, OutputStream stream) => Set(new Lane { Run = run, Stream = stream });

    private ref Lane Find(int run, OutputStream stream)
    {
        foreach (ref var lane in All)
        {
            if (lane.Run == run && lane.Stream == stream)
            {
                return ref lane;
            }
        }

        return ref Unsafe.NullRef<Lane>();
    }
}
