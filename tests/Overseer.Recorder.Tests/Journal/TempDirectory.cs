namespace Overseer.Recorder.Tests.Journal;

/// <summary>A directory of its own, gone with the test.</summary>
internal sealed class TempDirectory : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("overseer-journal-").FullName;

    internal string Journal => System.IO.Path.Join(Path, "journal");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
