using System.Text;
using Overseer.Core.Configuration;
using YamlDotNet.Core;

namespace Overseer.Configuration;

/// <summary>
/// Reads a YAML file into a tree of <see cref="ConfigNode"/>s, every failure as one line <c>FILE:LINE: what is wrong</c>.
/// </summary>
public static class YamlDocument
{
    /// <summary>The largest file that is read: 16 MiB.</summary>
    public const int MaxFileBytes = 16 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The path as the user gave it; it is what error messages show.</param>
    /// <exception cref="ConfigurationException">The file cannot be read or is no YAML of the kind that is allowed here.</exception>
    public static ConfigMapping Load(string path) => Parse(path, ReadText(path));

    /// <summary>Reads a text.</summary>
    /// <param name="file">What error messages call the text.</param>
    /// <param name="text">The YAML document.</param>
    /// <exception cref="ConfigurationException">The text is no YAML of the kind that is allowed here.</exception>
    public static ConfigMapping Parse(string file, string text)
    {
        var errors = new List<ConfigurationError>();
        var builder = new YamlTreeBuilder(file, text, errors);
        ConfigNode? root = null;
        try
        {
            root = builder.Build();
        }
        catch (Exception exception) when (exception is not ConfigurationException)
        {
            // Broken input makes the parser throw other things than its own YamlException too; none may reach the user as a stack trace.
            var line = exception is YamlException { Start.Line: > 0 } yaml ? (int)yaml.Start.Line : builder.Line;
            errors.Add(YamlSyntaxError.Describe(file, text, line, (exception as YamlException)?.Message));
        }

        if (errors.Count > 0) throw new ConfigurationException(errors);
        return root switch
        {
            ConfigMapping mapping => mapping,
            null or ConfigScalar { Value: null } => throw new ConfigurationException(
                [new(file, 0, "", "the file is empty; it needs at least one key, such as actions (an empty configuration is written {})")]),
            _ => throw new ConfigurationException([new(file, root.Line, "", $"must be a mapping of keys to values, not {root.Kind}")]),
        };
    }

    private static string ReadText(string path)
    {
        byte[] bytes;
        try
        {
            if (Directory.Exists(path)) throw Unreadable(path, "is a directory; name the file in it");
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            bytes = ReadAll(path, stream);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unreadable(path, $"no such file (looked for {Path.GetFullPath(path)})");
        }
        catch (UnauthorizedAccessException)
        {
            throw Unreadable(path, $"permission denied; it must be readable by user {Environment.UserName}");
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            throw Unreadable(path, $"cannot be read: {exception.Message}");
        }

        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) throw Unreadable(path, "is UTF-16 text; save it as UTF-8");
        var content = bytes.AsSpan();
        if (content.StartsWith(Encoding.UTF8.Preamble)) content = content[3..];
        try
        {
            return StrictUtf8.GetString(content);
        }
        catch (DecoderFallbackException exception)
        {
            var line = content[..Math.Clamp(exception.Index, 0, content.Length)].Count((byte)'\n') + 1;
            throw new ConfigurationException([new(path, line, "", "is not UTF-8 text")]);
        }
    }

    private static byte[] ReadAll(string path, FileStream stream)
    {
        var content = new MemoryStream();
        var buffer = new byte[16384];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            content.Write(buffer.AsSpan(0, read));
            if (content.Length > MaxFileBytes) throw Unreadable(path, $"is larger than {ByteSize.Format(MaxFileBytes)}");
        }

        return content.ToArray();
    }

    private static ConfigurationException Unreadable(string path, string message) => new([new(path, 0, "", message)]);
}
