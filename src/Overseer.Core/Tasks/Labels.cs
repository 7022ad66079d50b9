namespace Overseer.Core.Tasks;

/// <summary>What requests, as opposed to actions, said about a task's name, tags and groups.</summary>
internal sealed record Labels(string? Name, IReadOnlyList<string>? Tags, IReadOnlyList<string>? Groups)
{
    /// <summary>Nothing was said.</summary>
    public static Labels None { get; } = new(null, null, null);

    /// <summary>What a request says, and this for what it leaves out.</summary>
    public Labels With(StartRequest request) => new(request.Name ?? Name, request.Tags ?? Tags, request.Groups ?? Groups);
}
