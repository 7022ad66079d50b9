using System.Text;
using Overseer.Core.Configuration;

namespace Overseer.Drivers.Exec;

/// <summary>
/// Reads an <c>env_file</c>: one <c>NAME=value</c> a line; blank lines and lines that begin with <c>#</c> are skipped; a value that is wholly in single or
/// double quotes loses them; nothing else is interpreted.
/// </summary>
internal static class EnvironmentFile
{
    private const long MaxBytes = 1024 * 1024;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The variables, in order; what is wrong is reported with the file's own name and line.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="section">Gets the errors.</param>
    /// <param name="node">The key that names the file.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(string path, ConfigSection section, ConfigNode node)
    {
        string[] lines;
        try
        {
            var info = new FileInfo(path);
            if (info.Exists && info.Length > MaxBytes)
            {
                section.Fail(node, $"{path} is larger than {MaxBytes} bytes");
                return [];
            }

            var text = Utf8.GetString(File.ReadAllBytes(path));
            lines = text.TrimStart('\uFEFF').Split('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException or ArgumentException)
        {
            var reason = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "no such file",
                UnauthorizedAccessException => "permission denied",
                DecoderFallbackException => "it is not UTF-8",
                _ => e.Message,
            };
            section.Fail(node, $"cannot read {path}: {reason}");
            return [];
        }

        var variables = new List<KeyValuePair<string, string>>();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (line.AsSpan().Trim().IsEmpty || line.AsSpan().TrimStart().StartsWith("#", StringComparison.Ordinal)) continue;
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : line[..equals].Trim();
            if (name.Length == 0 || name.AsSpan().ContainsAny(" \t\0"))
            {
                section.Fail(new ConfigScalar(null, file: path, line: i + 1), "must be NAME=value");
                continue;
            }

            variables.Add(new(name, Unquote(line[(equals + 1)..].Trim())));
        }

        return variables;
    }

    private static string Unquote(string value) =>
        value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0] ? value[1..^1] : value;
}
