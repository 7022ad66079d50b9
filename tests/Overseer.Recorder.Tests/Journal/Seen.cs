using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

/// <summary>An entry, kept.</summary>
internal sealed record Seen(EntryKind Kind, long Line, OutputStream Stream, string Data, bool Partial, int Run, GapReason Gap)
{
    internal static Seen Of(in JournalEntry entry) =>
        new(entry.Kind, entry.Line, entry.Stream, Convert.ToHexString(entry.Data), entry.Partial, entry.Run, entry.GapReason);

    /// <summary>Everything from the reader's place to the end, with the position after each entry.</summary>
    internal static List<(Seen Entry, JournalPosition After)> Rest(JournalReader reader, JournalEnd end)
    {
        var all = new List<(Seen, JournalPosition)>();
        while (reader.TryRead(end, out var entry))
        {
            all.Add((Of(entry), reader.Position));
        }

        return all;
    }

    internal static List<(Seen Entry, JournalPosition After)> All(string directory, JournalEnd end)
    {
        using var reader = JournalReader.Open(directory);
        return Rest(reader, end);
    }
}
