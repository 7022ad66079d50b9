using System.Text;

namespace Overseer.Cli;

/// <summary>The name this program was called by: through a link it is another program (docs/cli.md).</summary>
internal static class CalledAs
{
    /// <summary>The last part of <c>argv[0]</c>, which the runtime does not pass on; empty when it cannot be read.</summary>
    internal static string Name { get; } = Read();

    private static string Read()
    {
        Span<byte> line = stackalloc byte[4096];
        try
        {
            using var file = File.OpenHandle("/proc/self/cmdline");
            line = line[..RandomAccess.Read(file, line, 0)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
        int end = line.IndexOf((byte)0);
        line = end < 0 ? line : line[..end];
        return Encoding.UTF8.GetString(line[(line.LastIndexOf((byte)'/') + 1)..]);
    }
}
