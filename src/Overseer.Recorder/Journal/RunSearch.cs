namespace Overseer.Recorder.Journal;

// Looks back for what a journal says of one run: from the newest segment to the one in which the run began, or until its exit is found. Only the headers of chunks are read,
// and the few bytes of those that tell of runs: a segment of large chunks costs some hundred reads.
internal sealed class RunSearch
{
    private readonly Guid _runId;
    private readonly int _run;
    private readonly byte[] _payload = new byte[ChunkPayload.ExitedSize];
    private bool _started;
    private ExitRecord? _exit;
    private JournalPosition _exitChunk;
    private JournalEnd _exitEnd;
    private long _exitedNs;
    private bool? _lossNoted;

    private RunSearch(Guid runId, int run)
    {
        _runId = runId;
        _run = run;
    }

    /// <summary>Looks through the journal up to its end.</summary>
    /// <param name="directory">The journal's directory.</param>
    /// <param name="end">How far it may be read.</param>
    /// <param name="runId">The run.</param>
    /// <param name="run">Its ordinal in the journal.</param>
    /// <exception cref="JournalException">It cannot be read.</exception>
    internal static RunTrace Find(string directory, in JournalEnd end, Guid runId, int run)
    {
        var search = new RunSearch(runId, run);
        var segments = SegmentName.List(directory);
        for (var i = segments.Length - 1; i >= 0 && !search._started && search._exit is null; i--)
        {
            if (segments[i] <= end.Segment)
            {
                using var segment = SegmentFile.OpenToRead(directory, segments[i]);
                search.Look(segment, segments[i] == end.Segment ? end.Offset : segment.Length());
            }
        }

        return new RunTrace(search._started || search._exit is not null, search._exit, search._exitChunk, search._exitEnd, search._exitedNs, search._lossNoted == true);
    }

    private void Look(SegmentFile segment, long limit)
    {
        var scanner = new ChunkScanner(segment);
        bool? lossNoted = null;
        long place = SegmentHeader.Size;
        while (true)
        {
            var state = scanner.Read(place, limit, out var header);
            if (state == ChunkState.Done)
            {
                Take(segment, header, place, ref lossNoted);
                place = ChunkHeader.PlaceAfter(place + ChunkHeader.Size + header.Length);
            }
            else if (state is ChunkState.None or ChunkState.Open || scanner.FindNext(place, limit) is not (var next and > 0))
            {
                break;
            }
            else
            {
                place = next;
            }
        }

        // What a newer segment says counts.
        _lossNoted ??= lossNoted;
    }

    private void Take(SegmentFile segment, in ChunkHeader header, long place, ref bool? lossNoted)
    {
        if (header.Run != _run)
        {
            return;
        }

        if (header.Kind == ChunkKind.Output)
        {
            lossNoted = false;
            return;
        }

        if (header.Kind is not (ChunkKind.Started or ChunkKind.Exited or ChunkKind.Gap))
        {
            return;
        }

        var data = _payload.AsSpan(0, Math.Min(header.Length, _payload.Length));
        if (segment.Read(data, place + ChunkHeader.Size) != data.Length || !ChunkPayload.Fits(header.Kind, data.Length))
        {
            return;
        }

        switch (header.Kind)
        {
            case ChunkKind.Started:
                _started |= ChunkPayload.ReadStarted(data).RunId == _runId;
                break;
            case ChunkKind.Exited when ChunkPayload.ReadExited(data) is var exit && exit.RunId == _runId:
                _exit = exit;
                _exitChunk = new JournalPosition(segment.FirstLine, place, 0);
                _exitEnd = new JournalEnd(segment.FirstLine, place + ChunkHeader.Size + header.Length, header.NextLine);
                _exitedNs = header.TimeNs;
                break;
            case ChunkKind.Gap when ChunkPayload.ReadGap(data).Reason == GapReason.RecorderLost:
                lossNoted = true;
                break;
        }
    }
}
