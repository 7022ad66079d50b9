using Overseer.Recorder.Journal;

namespace Overseer.Microbench;

/// <summary>A journal in a directory that goes away with it.</summary>
internal sealed class JournalPlace : IDisposable
{
    private const long KeptBytes = 256 * 1024 * 1024;

    private readonly JournalBuffer _scratch = new();
    private readonly string _parent = Directory.CreateTempSubdirectory("overseer-microbench-").FullName;
    private long _written;

    internal JournalPlace()
    {
        JournalDirectory = Path.Combine(_parent, Guid.NewGuid().ToString("N"));
        Writer = JournalWriter.Open(JournalDirectory, new JournalOptions(), _scratch);
    }

    internal string JournalDirectory { get; }

    internal JournalWriter Writer { get; }

    /// <summary>Counts what was written and, now and then, removes the closed segments, so that a long run fills no disk.</summary>
    internal void Written(long bytes)
    {
        _written += bytes;
        if (_written < KeptBytes)
            return;
        _written = 0;
        foreach (var segment in Directory.GetFiles(JournalDirectory, "*.seg").Order(StringComparer.Ordinal).SkipLast(1))
            File.Delete(segment);
    }

    public void Dispose()
    {
        Writer.Dispose();
        _scratch.Dispose();
        Directory.Delete(_parent, recursive: true);
    }
}
