namespace Overseer.Bench;

/// <summary>Makes directories that nobody else may enter.</summary>
internal static class PrivateDirectory
{
    internal static string Make(string parent, string name) =>
        Directory.CreateDirectory(Path.Combine(parent, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    internal static string MakeUnique(string parent, string prefix) => Make(parent, prefix + Guid.NewGuid().ToString("N")[..8]);
}
