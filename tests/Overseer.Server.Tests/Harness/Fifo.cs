using System.Diagnostics;

namespace Overseer.Server.Tests.Harness;

/// <summary>
/// A named pipe between a test and the programs it starts. A program that does <c>read _ &lt; PATH</c> waits until the test says
/// <see cref="OpenAsync"/>; one that does <c>exec 9&gt; PATH</c> is alive, or one of its descendants is, for as long as <see cref="Gone"/> waits.
/// </summary>
internal sealed class Fifo
{
    /// <summary>Makes one.</summary>
    public Fifo(string path)
    {
        Path = path;
        using var make = Process.Start("mkfifo", [path]);
        make.WaitForExit();
        Assert.Equal(0, make.ExitCode);
    }

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>Lets the program that reads go on; waits until there is one.</summary>
    public Task OpenAsync() => Task.Run(() =>
    {
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write("go\n"u8);
    }).WaitAsync(WireClient.Deadline);

    /// <summary>Begins to watch: ends when nobody who inherited it is left, with all that was written to it.</summary>
    public Task<string> Gone() => Task.Run(() =>
    {
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }).WaitAsync(WireClient.Deadline);
}
