namespace Overseer.Registry;

/// <summary>A snapshot is there and cannot be taken over. Nothing was changed.</summary>
/// <param name="file">The file.</param>
/// <param name="problem">What is wrong with it, in goproc's words where it has some: <c>unexpected end of JSON input</c>.</param>
internal sealed class SnapshotException(string file, string problem)
    : Exception($"the snapshot {file} cannot be taken over: {problem}; repair it, or move it away to begin with an empty registry")
{
    /// <summary>What is wrong with it.</summary>
    public string Problem { get; } = problem;
}
