using Overseer.Protocols.V2;

namespace Overseer.Server.Trust;

/// <summary>Whether somebody may make a request. The one place where requests are weighed; what is not in its table needs the most.</summary>
internal sealed class RequestGate
{
    /// <summary>Why a request is refused, as the text of its <c>error</c>; null when it may be made.</summary>
    public string? Refusal(Caller caller, ClientMessage message)
    {
        var needed = Needed(message);
        if (caller.Grant.Scope >= needed)
        {
            return null;
        }

        return $"not allowed: this needs scope {Word(needed)}, and the connection has {Word(caller.Grant.Scope)}";
    }

    private static Scope Needed(ClientMessage message) => message switch
    {
        ListMessage or ReplayMessage or SubscribeMessage or UnsubscribeMessage or DescribeMessage or PoolInfoMessage or MetricsMessage or ManifestMessage => Scope.Read,
        StartMessage or StopMessage or ResetMessage or InputMessage => Scope.Operate,
        _ => Scope.Admin,
    };

    private static string Word(Scope scope) => scope switch
    {
        Scope.None => "none",
        Scope.Read => "read",
        Scope.Operate => "operate",
        _ => "admin",
    };
}
