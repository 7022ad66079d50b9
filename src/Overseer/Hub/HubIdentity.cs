using Overseer.Server;
using Overseer.Server.Trust;

namespace Overseer.Hub;

/// <summary>Who a connection is at a moment, by which token, and what it sees. Immutable.</summary>
/// <param name="Caller">Who.</param>
/// <param name="Token">The token by which it is that; null for none.</param>
/// <param name="View">What it sees of tasks.</param>
internal sealed record HubIdentity(Caller Caller, TokenHash? Token, TaskView View)
{
    /// <summary>Whether it may do anything.</summary>
    public bool IsAuthorized => Caller.Grant.Scope > Scope.None;

    /// <summary>Makes one.</summary>
    public static HubIdentity Of(Caller caller, TokenHash? token, ServerContext context) => new(caller, token, new TaskView(caller.Grant.ToReach(), context));
}
