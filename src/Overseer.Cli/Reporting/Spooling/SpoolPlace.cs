using System.Globalization;

namespace Overseer.Cli.Reporting.Spooling;

/// <summary>Where a spool has its segments: a directory, or memory once that fails. Not thread-safe.</summary>
internal sealed class SpoolPlace
{
    private const string Extension = ".spool";

    private string? _directory;

    /// <summary>Takes a directory, which is there.</summary>
    /// <param name="directory">Which; null for memory.</param>
    internal SpoolPlace(string? directory) => _directory = directory;

    /// <summary>Whether nothing outlives this process.</summary>
    internal bool IsMemory => _directory is null;

    /// <summary>The segments that are there, in the order of their numbers.</summary>
    internal IEnumerable<(long Number, ISegmentBytes Bytes)> Existing()
    {
        if (_directory is null)
            return [];
        return Directory.EnumerateFiles(_directory, "*" + Extension)
            .Select(path => (Number: long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0, Path: path))
            .Where(file => file.Number > 0)
            .OrderBy(file => file.Number)
            .Select(file => (file.Number, (ISegmentBytes)FileBytes.Open(file.Path)));
    }

    /// <summary>Makes a segment. Where the disk refuses, this one and all that follow are in memory.</summary>
    internal ISegmentBytes Create(long number)
    {
        if (_directory is not null)
        {
            try
            {
                return FileBytes.Create(PathOf(number));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                GiveUpTheDisk();
            }
        }
        return new MemoryBytes();
    }

    /// <summary>Makes a segment that takes the place of one with its number, all at once: whoever reads the directory finds the old one or the new one.</summary>
    internal ISegmentBytes Replace(long number, ReadOnlySpan<byte> content)
    {
        if (_directory is not null)
        {
            try
            {
                string path = PathOf(number);
                using (FileBytes fresh = FileBytes.Create(path + ".new"))
                    fresh.Write(0, content);
                File.Move(path + ".new", path, overwrite: true);
                return FileBytes.Open(path);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                GiveUpTheDisk();
            }
        }
        var memory = new MemoryBytes();
        memory.Write(0, content);
        return memory;
    }

    /// <summary>The disk has failed: from now on in memory.</summary>
    internal void GiveUpTheDisk() => _directory = null;

    private string PathOf(long number) => Path.Combine(_directory!, number.ToString("D8", CultureInfo.InvariantCulture) + Extension);
}
