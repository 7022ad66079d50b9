namespace Overseer.Recorder.Interop;

internal static partial class Interop
{
    /// <summary>The errno values that the journal tells apart; Linux, the same on x86-64 and arm64.</summary>
    internal static class JournalErrno
    {
        internal const int NotFound = 2;
        internal const int Interrupted = 4;
        internal const int Again = 11;
        internal const int Exists = 17;
        internal const int TooLarge = 27;
        internal const int NoSpace = 28;
        internal const int NotSupported = 95;
        internal const int Quota = 122;

        /// <summary>The file cannot grow now and may later: disk full, quota used up, file size limit reached.</summary>
        internal static bool MeansFull(int errno) => errno is NoSpace or Quota or TooLarge;
    }
}
