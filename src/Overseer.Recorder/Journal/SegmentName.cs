using System.Globalization;

namespace Overseer.Recorder.Journal;

/// <summary>Names of a journal's files: a segment is called by the number of its first line, 20 digits, so that names sort as lines do.</summary>
internal static class SegmentName
{
    internal const string Extension = ".seg";
    internal const string IndexExtension = ".idx";

    /// <summary>A segment that is being prepared; of no meaning after a crash.</summary>
    internal const string NewExtension = ".new";

    internal static string Of(string directory, long firstLine) => Path(directory, firstLine, Extension);

    internal static string IndexOf(string directory, long firstLine) => Path(directory, firstLine, IndexExtension);

    internal static string NewOf(string directory, long firstLine) => Path(directory, firstLine, NewExtension);

    /// <summary>First lines of all segments, ascending. Files with other extensions are nobody's business.</summary>
    /// <exception cref="JournalFormatException">A segment file has a name that is not a line number.</exception>
    /// <exception cref="JournalException">The directory cannot be read.</exception>
    internal static long[] List(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFiles(directory, "*" + Extension).Select(Parse).Order()];
        }
        catch (Exception e) when (e is IOException and not JournalException or UnauthorizedAccessException)
        {
            throw new JournalException(directory, $"cannot list the journal {directory}: {e.Message}");
        }
    }

    private static string Path(string directory, long firstLine, string extension) =>
        System.IO.Path.Join(directory, string.Create(CultureInfo.InvariantCulture, $"{firstLine:D20}{extension}"));

    private static long Parse(string path)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(path);
        return name.Length == 20 && long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var line) && line > 0
            ? line
            : throw new JournalFormatException(path, $"{path} does not belong into a journal: a segment's name is the 20 digits of its first line");
    }
}
