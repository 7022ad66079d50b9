using System.CommandLine;
using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Core.Pools;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer pool</c> and <c>overseer pool set</c>.</summary>
internal static class PoolCommand
{
    private const string Everything = "(all tasks)";

    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var action = new Argument<string?>("ACTION") { Description = "The pool of this action; without it, the pool of all tasks together.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all", "-a") { Description = "Every pool: the one of all tasks together and each action's." };
        var json = new Option<bool>("--json") { Description = "Print JSON: an array of {action, pool}." };
        var command = new Command("pool", "Show how many tasks run and wait, and which ones wait.") { action, all, json };
        server.AddTo(command);
        command.Subcommands.Add(Set(console));
        command.SetAction(parsed =>
        {
            string? name = parsed.GetValue(action);
            if (name is not null && parsed.GetValue(all))
                throw new UsageException("ACTION and --all exclude each other");
            using ServerRequests client = server.Open(parsed, console);
            var pools = new List<(string? Action, PoolInfo Pool)> { (name, client.Pool(name)) };
            if (parsed.GetValue(all))
            {
                foreach (ActionInfo one in Actions(client))
                    pools.Add((one.Name, client.Pool(one.Name)));
            }
            Print(pools, parsed.GetValue(json), console);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Set(CliConsole console)
    {
        var server = new ServerOptions();
        var action = new Argument<string?>("ACTION") { Description = "The pool of this action; without it, the pool of all tasks together.", Arity = ArgumentArity.ZeroOrOne };
        var limit = new Option<int?>("--limit") { Description = "How many tasks may run; 0 for any number.", HelpName = "N" };
        var queue = new Option<int?>("--queue-size") { Description = "How many tasks may wait; 0 for none.", HelpName = "N" };
        var excess = new Option<string?>("--excess") { Description = "What becomes of running tasks above a lowered limit: stop, or requeue.", HelpName = "WHAT" };
        excess.AcceptOnlyFromAmong("stop", "requeue");
        var order = new Option<string?>("--excess-order") { Description = "Whom it hits: first, the longest running, or last.", HelpName = "ORDER" };
        order.AcceptOnlyFromAmong("first", "last");
        var grace = new Option<int?>("--grace") { Description = "How many seconds they get to end.", HelpName = "SECONDS" };
        var json = new Option<bool>("--json") { Description = "Print the pool as JSON." };
        var command = new Command("set", "Change a pool until the server reads its configuration again; what is not given stays as it is.") { action, limit, queue, excess, order, grace, json };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            var change = new ExcessChange
            {
                Action = parsed.GetValue(excess) switch { null => null, "stop" => ExcessAction.Stop, _ => ExcessAction.Requeue },
                Order = parsed.GetValue(order) switch { null => null, "first" => QueueOrder.First, _ => QueueOrder.Last },
                Grace = Count(grace, parsed),
            };
            var set = new SetPoolMessage("")
            {
                Action = parsed.GetValue(action),
                Size = Count(limit, parsed),
                QueueSize = Count(queue, parsed),
                Excess = change == new ExcessChange() ? null : change,
            };
            if (set is { Size: null, QueueSize: null, Excess: null })
                throw new UsageException("nothing to change: give --limit, --queue-size, --excess, --excess-order or --grace");
            using ServerRequests client = server.Open(parsed, console);
            Print([(set.Action, client.SetPool(set))], parsed.GetValue(json), console);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static int? Count(Option<int?> option, ParseResult parsed)
        => parsed.GetValue(option) is < 0 ? throw new UsageException($"{option.Name} takes a number of 0 or more") : parsed.GetValue(option);

    private static IReadOnlyList<ActionInfo> Actions(ServerRequests client)
    {
        try
        {
            return client.Describe();
        }
        catch (OverseerRequestException refusal) when (refusal.Message == "no actions configured")
        {
            return [];
        }
    }

    private static void Print(List<(string? Action, PoolInfo Pool)> pools, bool json, CliConsole console)
    {
        if (json)
        {
            JsonLines.WritePools(console.Out, pools);
            return;
        }
        var table = new Table("POOL", "LIMIT", "RUNNING", "WAITING");
        foreach ((string? action, PoolInfo pool) in pools)
            table.Add(action ?? Everything, pool.Limit == 0 ? "none" : Number(pool.Limit), Number(pool.Running), Number(pool.QueueDepth));
        table.WriteTo(console);

        // A waiting task waits for both its pools: the list of one action is part of the list of all.
        QueueItem[] waiting = [.. pools.SelectMany(one => one.Pool.QueueItems ?? []).DistinctBy(item => item.TaskId)];
        if (waiting.Length == 0)
            return;
        console.Out.WriteLine("");
        DateTimeOffset now = console.Clock.GetUtcNow();
        var queue = new Table("PLACE", "TASK", "ACTION", "SINCE", "FORCED");
        foreach (QueueItem item in waiting)
            queue.Add(Number(item.Position + 1), item.TaskId, item.Action, Ages.Short(now - item.QueuedAt), item.Forced ? "yes" : "no");
        queue.WriteTo(console);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
