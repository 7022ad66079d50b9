namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    internal const int F_SETFL = 4;

    /// <summary>Writing to it does not wait from now on, for nobody who shares its description. The other end of a pipe has a description of its own.</summary>
    internal static int SetNonBlocking(int descriptor) => Fcntl(descriptor, F_SETFL, O_NONBLOCK);
}
