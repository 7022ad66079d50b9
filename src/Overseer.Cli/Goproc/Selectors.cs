using Overseer.Cli.Goproc.Flags;
using Overseer.Protocols.Goproc;

namespace Overseer.Cli.Goproc;

/// <summary>The flags by which list, rm and kill choose entries.</summary>
internal sealed class Selectors
{
    private readonly ListFlag _tags = new("tag", "match any of these tags");
    private readonly ListFlag _tagsAll = new("tag-all", "match all of these tags");
    private readonly ListFlag _groups = new("group", "match any of these groups");
    private readonly ListFlag _groupsAll = new("group-all", "match all of these groups");
    private readonly NumbersFlag _pids = new("pid", "match these pids");
    private readonly NumbersFlag _ids = new("id", "match these registry ids");
    private readonly ListFlag _names = new("name", "match these names");
    private readonly SwitchFlag _alive = new("alive", "only processes that are alive");
    private readonly TextFlag _search = new("search", "part of the command");

    /// <summary>The flags of all three.</summary>
    internal IReadOnlyList<Flag> Common => [_tags, _groups, _pids, _ids, _names];

    /// <summary>What list and rm have as well.</summary>
    internal IReadOnlyList<Flag> Search => [_search];

    /// <summary>What only list has.</summary>
    internal IReadOnlyList<Flag> Further => [_tagsAll, _groupsAll, _alive];

    /// <summary>Whether any of them says something.</summary>
    internal static bool Selects(ListRequest request)
        => request.Ids.Count + request.Pids.Count + request.Names.Count + request.TagsAny.Count + request.GroupsAny.Count > 0 || request.TextSearch.Length > 0;

    /// <summary>What to ask for.</summary>
    /// <exception cref="GoprocFailure">A value cannot be.</exception>
    internal ListRequest Request()
    {
        var request = new ListRequest { AliveOnly = _alive.Value, TextSearch = _search.Value.Trim() };
        foreach (long pid in _pids.Values)
            request.Pids.Add(pid is > 0 and <= int.MaxValue ? (int)pid : throw new GoprocFailure($"invalid pid filter: {pid}"));
        foreach (long id in _ids.Values)
            request.Ids.Add(id > 0 ? (ulong)id : throw new GoprocFailure($"invalid id filter: {id}"));
        foreach (string name in _names.Values)
            request.Names.Add(name.Trim() is { Length: > 0 } filled ? filled : throw new GoprocFailure("name filters must not be empty"));
        request.TagsAny.AddRange(Labels(_tags));
        request.TagsAll.AddRange(Labels(_tagsAll));
        request.GroupsAny.AddRange(Labels(_groups));
        request.GroupsAll.AddRange(Labels(_groupsAll));
        return request;
    }

    /// <summary>Labels trimmed, without blanks and doubles, in their order.</summary>
    internal static IEnumerable<string> Labels(ListFlag flag) => flag.Values.Select(label => label.Trim()).Where(label => label.Length > 0).Distinct(StringComparer.Ordinal);

    /// <summary>The ids of what matched too much, of which at most five are named.</summary>
    internal static string Ids(IReadOnlyList<Proc> procs)
    {
        const int Named = 5;
        return string.Join(", ", procs.Take(Named).Select(proc => proc.Id)) + (procs.Count > Named ? ", ..." : "");
    }
}
