using Overseer.Recorder.Journal;

namespace Overseer.Streams;

/// <summary>Reads what is left of a forgotten task, see <see cref="StreamRest"/>. Not thread-safe.</summary>
internal sealed class RestReader : IDisposable
{
    private const int BlockBytes = 256 * 1024;
    private readonly StreamRest _rest;
    private readonly EventSource _source;
    private readonly JournalEnd _end;

    /// <summary>Begins where a source stands.</summary>
    /// <param name="rest">What is read.</param>
    /// <param name="source">The source, from now on this reader's.</param>
    /// <param name="end">How far to read.</param>
    public RestReader(StreamRest rest, EventSource source, in JournalEnd end)
    {
        _rest = rest;
        _source = source;
        _source.Starts = true;
        _end = end;
    }

    /// <summary>Directly after the last slice.</summary>
    public StreamPlace Place => new(_rest.Directory, _source.Position, _source.NextLine, _source.NextSeq);

    /// <summary>The next slice; false at the end.</summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public bool TryTake(out FrameSlice slice)
    {
        while (true)
        {
            var block = new FrameBlock(BlockBytes, _source.Position);
            try
            {
                var result = _source.Fill(block, _end);
                if (block.Written > 0)
                {
                    block.Publish(_source.Position, _source.NextLine, _source.NextSeq);
                    slice = new FrameSlice(block, 0, block.Length);
                    block.Hold();
                    return true;
                }

                switch (result)
                {
                    case FillResult.Behind:
                        // The index was damaged, or nobody had judged these lines.
                        _rest.Numbering!.NumberNow(_end);
                        break;
                    case not FillResult.Paused:
                        slice = default;
                        return false;
                }
            }
            finally
            {
                block.Release();
            }
        }
    }

    public void Dispose() => _source.Dispose();
}
