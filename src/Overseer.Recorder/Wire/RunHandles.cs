using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Takeover;

namespace Overseer.Recorder.Wire;

/// <summary>
/// The server's ropes to a run: duplicates of the reading ends of its output and of the writing end of its input. As long as they are held, what the program prints is not lost and its input does not
/// end even when the recorder dies. Dispose of them when both streams are closed or the start has failed. Not for reading while the recorder lives.
/// </summary>
public sealed class RunHandles : IDisposable
{
    internal RunHandles(SafeFileHandle? stdin, SafeFileHandle? stdout, SafeFileHandle? stderr)
    {
        StandardInput = stdin;
        StandardOutput = stdout;
        StandardError = stderr;
        PipeInodes = PipeInodes.Of(stdout, stderr);
    }

    /// <summary>The writing end of standard input, not blocking; null unless it was asked for. The recorder has it too: see <see cref="RecorderLink.CloseInput"/>.</summary>
    public SafeFileHandle? StandardInput { get; }

    /// <summary>A duplicate of the reading end; null when the request failed before it was sent.</summary>
    public SafeFileHandle? StandardOutput { get; }

    /// <summary>A duplicate of the reading end; null when the request failed before it was sent.</summary>
    public SafeFileHandle? StandardError { get; }

    /// <summary>The numbers of the two output pipes, by which <see cref="PipeFinder"/> finds them again; 0 when the request failed before it was sent.</summary>
    public PipeInodes PipeInodes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        StandardInput?.Dispose();
        StandardOutput?.Dispose();
        StandardError?.Dispose();
    }
}
