namespace Overseer.Streams.SeqIndex;

/// <summary>Small files that only their owner reads, replaced as a whole: who reads finds the old content or the new one.</summary>
internal static class PrivateFile
{
    /// <summary>Writes a file anew.</summary>
    /// <exception cref="IOException">It cannot be written; the old one is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written; the old one is as it was.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var draft = path + ".new";
        using (var file = new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(content);
        }

        File.Move(draft, path, overwrite: true);
    }
}
