using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Cli.Processes;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer top</c>.</summary>
internal static class TopCommand
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(250);

    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var interval = new Option<string?>("--interval", "-d") { Description = "Time between two looks, 250ms or more. Default 2s.", HelpName = "TIME" };
        var sort = new Option<string>("--sort", "-s") { Description = $"What comes first: {string.Join(", ", ProcessOrder.All.Select(order => order.Word))}.", DefaultValueFactory = _ => ProcessOrder.All[0].Word, HelpName = "WHAT" };
        sort.AcceptOnlyFromAmong([.. ProcessOrder.All.Select(order => order.Word)]);
        var filter = new Option<string?>("--filter") { Description = "Only tasks with this text in their id, name, action, user or command.", HelpName = "TEXT" };
        var count = new Option<int?>("--count", "-n") { Description = "End after so many looks. Without a terminal: 1.", HelpName = "N" };
        var command = new Command("top", "Show what running tasks use, their whole trees, again and again.") { interval, sort, filter, count };
        server.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            TimeSpan time = Durations.Read(interval.Name, parsed.GetValue(interval)) ?? DefaultInterval;
            if (time < ShortestInterval)
                throw new UsageException("--interval takes 250ms or more");
            if (parsed.GetValue(count) < 1)
                throw new UsageException("--count takes 1 or more");
            var screen = new TopScreen(ProcessOrder.Find(parsed.GetRequiredValue(sort))!, parsed.GetValue(filter) ?? "");
            using var looks = new ProcessLooks(server.Endpoint(parsed, console), server.Options(parsed, console));
            if (console.OutIsTerminal)
                await TopTerminal.RunAsync(looks, screen, time, parsed.GetValue(count), console, cancellation);
            else
                await PrintAsync(looks, screen, time, parsed.GetValue(count) ?? 1, console, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    // For files and pipes: tables one after the other, each complete.
    private static async Task PrintAsync(ProcessLooks looks, TopScreen screen, TimeSpan interval, int count, CliConsole console, CancellationToken cancellation)
    {
        looks.Take(); // what is used since then is what the first table shows
        for (int i = 0; i < count; i++)
        {
            await Task.Delay(i == 0 ? ShortestInterval : interval, console.Clock, cancellation);
            if (i > 0)
                console.Out.WriteLine("");
            ProcessTable.Of(screen.Choose(looks.Take()), console.Clock.GetUtcNow()).WriteTo(console);
        }
    }
}
