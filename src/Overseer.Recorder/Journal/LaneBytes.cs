namespace Overseer.Recorder.Journal;

/// <summary>Collects the bytes of an unfinished line from the chunks it is spread over.</summary>
internal static class LaneBytes
{
    /// <summary>
    /// Fills <paramref name="destination"/> with the last bytes that the lane has between two chunks. False when they are not there (damage).
    /// </summary>
    /// <param name="begin">Header of a chunk of the lane at or after which all those bytes lie.</param>
    /// <param name="end">Header of the chunk before which to stop.</param>
    internal static bool TryRead(SegmentFile segment, long begin, long end, int run, OutputStream stream, Span<byte> destination)
    {
        var scanner = new ChunkScanner(segment);
        if (begin < SegmentHeader.Size || !TrySum(scanner, begin, end, run, stream, out var total) || total < destination.Length)
        {
            return false;
        }

        var skip = total - destination.Length;
        for (var place = begin; destination.Length > 0;)
        {
            _ = scanner.Read(place, end, out var header);
            var dataAt = place + ChunkHeader.Size;
            if (Belongs(header, run, stream))
            {
                var skipHere = (int)Math.Min(skip, header.Length);
                skip -= skipHere;
                var take = Math.Min(header.Length - skipHere, destination.Length);
                if (segment.Read(destination[..take], dataAt + skipHere) != take)
                {
                    return false;
                }

                destination = destination[take..];
            }

            place = ChunkHeader.PlaceAfter(dataAt + header.Length);
        }

        return true;
    }

    private static bool TrySum(ChunkScanner scanner, long begin, long end, int run, OutputStream stream, out long total)
    {
        total = 0;
        for (var place = begin; place < end;)
        {
            if (scanner.Read(place, end, out var header) != ChunkState.Done)
            {
                return false;
            }

            total += Belongs(header, run, stream) ? header.Length : 0;
            place = ChunkHeader.PlaceAfter(place + ChunkHeader.Size + header.Length);
        }

        return true;
    }

    private static bool Belongs(in ChunkHeader header, int run, OutputStream stream) =>
        header.HoldsLaneBytes && header.Run == run && header.Stream == stream;
}
