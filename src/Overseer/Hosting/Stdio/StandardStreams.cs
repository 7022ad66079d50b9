using Microsoft.Win32.SafeHandles;

namespace Overseer.Hosting.Stdio;

/// <summary>Standard input and output of this process, as streams that say when they are broken (those of <see cref="Console"/> keep it to themselves).</summary>
internal sealed record StandardStreams(Stream Input, Stream Output)
{
    /// <summary>Those of this process.</summary>
    /// <exception cref="StartupException">They are closed.</exception>
    public static StandardStreams OfThisProcess()
    {
        try
        {
            return new StandardStreams(Open(0, FileAccess.Read), Open(1, FileAccess.Write));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new StartupException($"cannot listen on stdio: standard input or output cannot be used ({e.Message})", e);
        }
    }

    // Unbuffered: a line is on its way when it is written.
    private static FileStream Open(int descriptor, FileAccess access) => new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0);
}
