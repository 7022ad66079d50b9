using System.Buffers.Binary;
using Overseer.Recorder.Journal;

namespace Overseer.Streams.SeqIndex;

// The file "filters" in a journal's directory; it is there only when the filter has changed in the journal's life. 32 bytes for each filter, little endian:
//   0 from line i64 · 8 fingerprint u64 · 16 zeros · 28 CRC-32C of the bytes before it, continued from the entry before
/// <summary>Which filter judged a task's lines, from which line on. Immutable.</summary>
internal sealed class FilterHistory
{
    /// <summary>How many changes are remembered; of lines before that only what the index says is known.</summary>
    public const int MostRegimes = 64;

    private const string FileName = "filters";
    private const int EntrySize = 32;
    private const int CrcAt = 28;

    private readonly FilterRegime[] _regimes;

    private FilterHistory(FilterRegime[] regimes) => _regimes = regimes;

    /// <summary>The filter that holds now; 0 for none.</summary>
    public ulong Current => _regimes[^1].Fingerprint;

    /// <summary>Whether no line was ever judged: a line and its number are the same.</summary>
    public bool IsPlain => _regimes is [{ Fingerprint: 0 }];

    /// <summary>Whether the filter has changed.</summary>
    public bool HasChanges => _regimes.Length > 1;

    /// <summary>The first line that was judged at all; before it a line and its number are the same.</summary>
    public long PlainUntil => _regimes[0].Fingerprint != 0 ? 1 : _regimes.Length > 1 ? _regimes[1].FromLine : long.MaxValue;

    /// <summary>One filter, or none, from the first line on.</summary>
    public static FilterHistory Of(ulong fingerprint) => new([new FilterRegime(1, fingerprint)]);

    /// <summary>What was saved; null when there is nothing that can be read.</summary>
    public static FilterHistory? Load(string directory)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(Path.Join(directory, FileName));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        var regimes = new List<FilterRegime>();
        var crc = uint.MaxValue;
        for (var at = 0; at + EntrySize <= bytes.Length; at += EntrySize)
        {
            var entry = bytes.AsSpan(at, EntrySize);
            crc = Crc32C.Append(crc, entry[..CrcAt]);
            var regime = new FilterRegime(BinaryPrimitives.ReadInt64LittleEndian(entry), BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]));
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry[CrcAt..]) != crc || regime.FromLine <= (regimes.Count == 0 ? 0 : regimes[^1].FromLine))
            {
                break;
            }

            regimes.Add(regime);
        }

        return regimes.Count == 0 ? null : new FilterHistory([.. regimes]);
    }

    /// <summary>The regime of a line, and the line from which on it is another.</summary>
    public (ulong Fingerprint, long Until) At(long line)
    {
        var i = IndexOf(line);
        return (_regimes[i].Fingerprint, i + 1 < _regimes.Length ? _regimes[i + 1].FromLine : long.MaxValue);
    }

    /// <summary>The filters from the one of a line on, in their order.</summary>
    public ReadOnlySpan<FilterRegime> From(long line) => _regimes.AsSpan(IndexOf(line));

    /// <summary>The same with another filter from a line on.</summary>
    public FilterHistory With(long fromLine, ulong fingerprint)
    {
        List<FilterRegime> regimes = [.. _regimes.Where(regime => regime.FromLine < fromLine)];
        if (regimes.Count == 0)
        {
            return Of(fingerprint);
        }

        if (regimes[^1].Fingerprint != fingerprint)
        {
            regimes.Add(new FilterRegime(fromLine, fingerprint));
        }

        if (regimes.Count > MostRegimes)
        {
            // Not the first two: they say from where on lines were judged at all.
            regimes.RemoveAt(2);
        }

        return new FilterHistory([.. regimes]);
    }

    /// <summary>Writes it down, or nothing when the filter has never changed.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public void Save(string directory)
    {
        var path = Path.Join(directory, FileName);
        if (!Directory.Exists(directory))
        {
            return;
        }

        if (!HasChanges)
        {
            File.Delete(path);
            return;
        }

        var bytes = new byte[_regimes.Length * EntrySize];
        var crc = uint.MaxValue;
        for (var i = 0; i < _regimes.Length; i++)
        {
            var entry = bytes.AsSpan(i * EntrySize, EntrySize);
            BinaryPrimitives.WriteInt64LittleEndian(entry, _regimes[i].FromLine);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], _regimes[i].Fingerprint);
            crc = Crc32C.Append(crc, entry[..CrcAt]);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[CrcAt..], crc);
        }

        PrivateFile.Replace(path, bytes);
    }

    private int IndexOf(long line)
    {
        var i = _regimes.Length - 1;
        while (i > 0 && _regimes[i].FromLine > line)
        {
            i--;
        }

        return i;
    }
}
