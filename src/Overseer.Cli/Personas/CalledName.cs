using System.Text;

namespace Overseer.Cli.Personas;

/// <summary>The name by which this program was called, such as that of a link to it: some names stand for other programs.</summary>
internal static class CalledName
{
    /// <summary>The last part of the process's argument 0; empty when it cannot be told.</summary>
    internal static string OfProcess()
    {
        try
        {
            // The framework resolves links, and names the assembly instead.
            byte[] line = File.ReadAllBytes("/proc/self/cmdline");
            int end = Array.IndexOf(line, (byte)0);
            return Path.GetFileName(Encoding.UTF8.GetString(line, 0, Math.Max(end, 0)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
