using Overseer.Cli.Goproc.Flags;
using Overseer.Protocols.Goproc;
using Overseer.Protocols.Grpc;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Goproc.Commands;

/// <summary>What add and run have in common: the labels of a process, and the call that registers it.</summary>
internal sealed class Registration
{
    private readonly ListFlag _tags = new("tag", "tag of the process");
    private readonly ListFlag _groups = new("group", "group of the process");
    private readonly TextFlag _name = new("name", "unique name of the process");
    private readonly SwitchFlag _json = new("json", "print a JSON object");

    internal IReadOnlyList<Flag> Flags => [_tags, _groups, _name, _json];

    internal bool Json => _json.Value;

    /// <summary>Name and labels for a server that starts the process itself.</summary>
    internal StartMessage Start => new("") { Name = _name.Value.Trim() is { Length: > 0 } name ? name : null, Tags = [.. Selectors.Labels(_tags)], Groups = [.. Selectors.Labels(_groups)] };

    /// <summary>Registers a process.</summary>
    /// <param name="session">The daemon.</param>
    /// <param name="pid">The process.</param>
    /// <param name="command">What was executed; empty for the daemon to find out.</param>
    /// <param name="timeout">The time for the call.</param>
    /// <returns>The id; or what the daemon says of a process that has one.</returns>
    /// <exception cref="GoprocFailure">It was not registered.</exception>
    internal (ulong Id, string? Already) Register(GoprocSession session, int pid, string command, TimeSpan timeout)
    {
        var request = new AddRequest { Pid = pid, Name = _name.Value.Trim(), Cmd = command };
        request.Tags.AddRange(Selectors.Labels(_tags));
        request.Groups.AddRange(Selectors.Labels(_groups));
        try
        {
            return (session.Call("Add", request, AddResponse.Parser, timeout).Id, null);
        }
        catch (GrpcException failure) when (failure.Status.Code == GrpcCode.AlreadyExists)
        {
            return (0, failure.Status.Message);
        }
        catch (GrpcException failure)
        {
            throw new GoprocFailure("daemon add RPC failed: " + failure.Message);
        }
    }
}
