using Overseer.Configuration;
using Overseer.Core.Tasks;
using Overseer.Server.Trust;

namespace Overseer.Server;

/// <summary>
/// Which commands may run that no action describes, and for whom: a power of its own, since it is that of the server's whole user. Thread-safe.
/// </summary>
internal sealed class CommandPolicy(CommandsMode mode, string? pinned)
{
    private volatile Rules _rules = new(mode, pinned);

    /// <summary>The one command that may run, so that it need not be named; null when it is not one.</summary>
    public string? Pinned => _rules is { Mode: CommandsMode.Pinned, Pinned: { } command } ? command : null;

    /// <summary>Which commands may run.</summary>
    public CommandsMode Mode => _rules.Mode;

    /// <summary>Decides by another configuration from now on.</summary>
    public void Replace(CommandsMode mode, string? pinned) => _rules = new Rules(mode, pinned);

    /// <summary>Why a command may not run, as the text of the <c>error</c>; null when it may.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="command">What is asked for; null when nothing is.</param>
    public string? Refusal(Caller caller, string? command)
    {
        var rules = _rules;
        if (command is null && rules.Mode != CommandsMode.Pinned)
        {
            return "command is required";
        }

        return rules.Mode switch
        {
            CommandsMode.None => "commands that no action describes are not allowed here (commands: none); start an action, or let the server be started with commands: pinned and a command, or commands: any",
            CommandsMode.Owner when !caller.IsOwner => "commands that no action describes are only for the server's own user here (commands: owner, as there is no configuration file that says otherwise); commands: any would allow them to everybody who may connect",
            CommandsMode.Any when IsForeignUser(caller) => $"commands that no action describes are not for other users of this machine without a token, and this connection is uid {caller.Uid}'s; tokens would allow them",
            CommandsMode.Pinned when command != rules.Pinned => $"command must be {GoQuote.Text(rules.Pinned!)} (pinned)",
            _ => null,
        };
    }

    // Loopback is trusted because it is this machine, and that was not said about everybody who has an account on it.
    private static bool IsForeignUser(Caller caller) => caller is { Uid: not null, IsOwner: false, Token: null };

    private sealed record Rules(CommandsMode Mode, string? Pinned);
}
