namespace Overseer.Recorder.Journal;

/// <summary>The bytes of a journal's output as they came out of the pipes, in the order of their arrival. Chunks whose checksum is wrong are left out.</summary>
internal static class RawExport
{
    /// <summary>Hands all bytes out, piece by piece.</summary>
    /// <param name="directory">The journal's directory.</param>
    /// <param name="only">One stream; null for both.</param>
    /// <param name="write">Takes a piece, which is valid only during the call.</param>
    /// <param name="missing">Takes the number of bytes that could not be had at some place, or 0 when nobody knows.</param>
    /// <exception cref="JournalException">It cannot be read.</exception>
    internal static void Write(string directory, OutputStream? only, Action<ReadOnlySpan<byte>> write, Action<long> missing)
    {
        var data = new byte[ChunkHeader.MaxLength];
        foreach (var line in SegmentName.List(directory))
        {
            using var segment = SegmentFile.OpenIfThere(directory, line);
            if (segment is not null) Write(segment, only, data, write, missing);
        }
    }

    private static void Write(SegmentFile segment, OutputStream? only, byte[] data, Action<ReadOnlySpan<byte>> write, Action<long> missing)
    {
        var scanner = new ChunkScanner(segment);
        var limit = segment.Length();
        var place = (long)SegmentHeader.Size;
        while (true)
        {
            place = ChunkHeader.PlaceAfter(place);
            var state = scanner.Read(place, limit, out var header);
            if (state != ChunkState.Done)
            {
                var next = state == ChunkState.None ? -1 : scanner.FindNext(place, limit);
                if (next < 0) return;
                missing(next - place);
                place = next;
                continue;
            }

            if (header.Kind == ChunkKind.Output && (only is null || header.Stream == only))
            {
                var content = data.AsSpan(0, header.Length);
                if (segment.Read(content, place + ChunkHeader.Size) == header.Length && Crc32C.Append(segment.Seed, content) == header.DataCrc) write(content);
                else missing(header.Length);
            }

            place += ChunkHeader.Size + header.Length;
        }
    }
}
