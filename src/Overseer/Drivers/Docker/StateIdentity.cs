using System.Security.Cryptography;
using System.Text;

namespace Overseer.Drivers.Docker;

/// <summary>
/// What tells the containers of one state directory from those of others at the same engine: a number drawn once and kept there, together with the directory's path, so that a copy of the directory
/// is somebody else. Thread-safe.
/// </summary>
/// <param name="directory">The state directory; null for an identity that ends with this process.</param>
internal sealed class StateIdentity(string? directory)
{
    private const string FileName = "engine-identity";
    private const int Bytes = 16;
    private readonly Lock _gate = new();
    private string? _value;

    /// <summary>The identity, as the value of a label.</summary>
    /// <exception cref="IOException">It can neither be read nor be kept.</exception>
    public string Value
    {
        get
        {
            lock (_gate)
            {
                return _value ??= Make();
            }
        }
    }

    private string Make()
    {
        var number = RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true);
        if (directory is null) return number;
        var file = Path.Combine(Path.GetFullPath(directory), FileName);
        if (Read(file) is { } kept) number = kept;
        else Write(file, number);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{number}\n{file}")))[..(2 * Bytes)];
    }

    private static string? Read(string file) =>
        File.Exists(file) && File.ReadAllText(file).Trim() is { Length: 2 * Bytes } text && text.All(char.IsAsciiHexDigitLower) ? text : null;

    private static void Write(string file, string number)
    {
        var fresh = $"{file}.new";
        File.WriteAllText(fresh, number + "\n");
        File.Move(fresh, file, overwrite: true);
    }
}
