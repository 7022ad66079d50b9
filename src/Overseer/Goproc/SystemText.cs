using System.Runtime.InteropServices;

namespace Overseer.Goproc;

/// <summary>Errors of the system in the words of Go's library, which are those of the C library, but begin with a small letter.</summary>
internal static class SystemText
{
    /// <summary>The text of an errno: <c>no such process</c>.</summary>
    public static string Of(int errno)
    {
        var text = Marshal.GetPInvokeErrorMessage(errno);
        return text.Length == 0 || !char.IsAsciiLetterUpper(text[0]) ? text : char.ToLowerInvariant(text[0]) + text[1..];
    }
}
