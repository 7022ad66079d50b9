using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Core.Time;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tasks;

/// <summary>Prints what happens to tasks, one line an event: the time, the event, the task, its action, and what else there is to say.</summary>
internal sealed class LifecyclePrinter(CliConsole console, LifecycleFilter filter, bool json)
{
    private const int EventWidth = 12;
    private const int TaskWidth = 36;

    internal void Print(ServerMessage message)
    {
        switch (message)
        {
            case LifecycleMessage happened when filter.Fits(happened):
                if (json)
                    JsonLines.WriteMessage(console.Out, happened);
                else
                    Print(happened);
                break;
            case PoolUpdatedMessage updated when filter.Fits(updated):
                if (json)
                    JsonLines.WriteMessage(console.Out, updated);
                else
                    Write(console.Clock.GetUtcNow(), "pool_updated", "-", updated.Action, PoolText(updated.Pool));
                break;
            default:
                break;
        }
    }

    internal void Say(string text)
    {
        Flush();
        console.Error.WriteLine("overseer: " + text);
    }

    internal void Flush() => console.Out.Flush();

    internal static string PoolText(PoolInfo pool)
        => string.Create(CultureInfo.InvariantCulture, $"limit {(pool.Limit == 0 ? "none" : pool.Limit)}, {pool.Running} running, {pool.QueueDepth} waiting");

    private void Print(LifecycleMessage happened)
        => Write(happened.Ts, WordOf(happened.Event), happened.Name is { } name ? $"{name} ({happened.TaskId})" : happened.TaskId, happened.Action, DetailOf(happened));

    private void Write(DateTimeOffset at, string what, string task, string? action, string? detail)
    {
        console.Out.Write(at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        console.Out.Write($"  {what.PadRight(EventWidth)}  {new Cell(task).Plain.PadRight(TaskWidth)}  {new Cell(action).Plain}");
        console.Out.WriteLine(detail is null ? "" : "  " + new Cell(detail).Plain);
    }

    private static string WordOf(LifecycleEvent happened) => happened switch
    {
        LifecycleEvent.Queued => "queued",
        LifecycleEvent.Started => "started",
        LifecycleEvent.Exited => "exited",
        LifecycleEvent.Restarting => "restarting",
        LifecycleEvent.Errored => "errored",
        _ => "dequeued",
    };

    private static string? DetailOf(LifecycleMessage happened) => happened.Event switch
    {
        LifecycleEvent.Queued => string.Create(CultureInfo.InvariantCulture, $"position {happened.Position}"),
        LifecycleEvent.Started when happened.RestartOf is { } old => string.Create(CultureInfo.InvariantCulture, $"pid {happened.Pid} in place of {old}"),
        LifecycleEvent.Started => string.Create(CultureInfo.InvariantCulture, $"pid {happened.Pid}"),
        LifecycleEvent.Exited => string.Create(CultureInfo.InvariantCulture, $"pid {happened.Pid} {EndOf(happened)}{(happened.Intentional is true ? ", on request" : "")}"),
        LifecycleEvent.Restarting => string.Create(CultureInfo.InvariantCulture, $"attempt {happened.Attempt} in {GoDuration.Format(happened.RestartDelay ?? default)}"),
        LifecycleEvent.Errored => string.Create(CultureInfo.InvariantCulture, $"after {happened.ExitCount} exits"),
        _ => happened.Reason is { } reason ? TaskEnd.WordOf(reason) : null,
    };

    private static string EndOf(LifecycleMessage exited)
        => exited.Signal is { } signal ? $"by {signal}" : exited.ExitCode is >= 0 and int code ? string.Create(CultureInfo.InvariantCulture, $"code {code}") : "code not known";
}
