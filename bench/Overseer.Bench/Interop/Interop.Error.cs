using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Overseer.Bench;

// The yardstick shares no code with what it measures: these calls are the generator's own.
internal static partial class Interop
{
    internal const int InterruptedCall = 4;
    internal const int NoSuchDevice = 6;

    internal static Win32Exception LastError(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return new Win32Exception(error, $"{call}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})");
    }
}
