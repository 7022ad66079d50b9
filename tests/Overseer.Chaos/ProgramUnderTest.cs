namespace Overseer.Chaos;

/// <summary>Which `overseer` is started.</summary>
internal static class ProgramUnderTest
{
    private const string BesideThis = "Overseer.Cli";

    /// <summary>The one that was named, else dist/overseer of the repository when this program was built for use, else the one that was built with it.</summary>
    internal static string Find(string? named)
    {
        if (named is not null)
            return Path.GetFullPath(named);
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null && AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal); directory = directory.Parent)
        {
            if (Path.Combine(directory.FullName, "dist", "overseer") is var built && File.Exists(built))
                return built;
        }
        return Path.Combine(AppContext.BaseDirectory, BesideThis);
    }
}
