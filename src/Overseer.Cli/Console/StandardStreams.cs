using Microsoft.Win32.SafeHandles;

namespace Overseer.Cli.Console;

/// <summary>Descriptors 1 and 2 as streams that report a broken pipe, which those of System.Console pass over in silence.</summary>
internal static class StandardStreams
{
    internal static Stream Output() => Open(1, System.Console.OpenStandardOutput);

    internal static Stream Error() => Open(2, System.Console.OpenStandardError);

    private static Stream Open(int descriptor, Func<Stream> ofConsole)
    {
        try
        {
            var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            // A file is written by a FileStream at positions of its own, over what others append to it; the console's stream just writes.
            if (!stream.CanSeek)
                return stream;
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // closed, or something that is no ordinary descriptor
        }
        return ofConsole();
    }
}
