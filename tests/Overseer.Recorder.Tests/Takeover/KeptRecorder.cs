namespace Overseer.Recorder.Tests.Takeover;

/// <summary>A keeper with directories of its own, gone with the test.</summary>
internal sealed class KeptRecorder : IDisposable
{
    internal KeptRecorder() => Keeper = new Keeper(Root);

    internal string Root { get; } = Directory.CreateTempSubdirectory("ovr-").FullName;

    internal Keeper Keeper { get; }

    public void Dispose()
    {
        Keeper.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
