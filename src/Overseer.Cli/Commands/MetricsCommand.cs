using System.CommandLine;
using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer metrics</c>.</summary>
internal static class MetricsCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var action = new Option<string?>("--action") { Description = "The counters of this action.", HelpName = "NAME" };
        var task = new Option<string?>("--task") { Description = "The counters of this task.", HelpName = "TASK" };
        var json = new Option<bool>("--json") { Description = "Print a JSON object as the protocol describes it." };
        var command = new Command("metrics", "Print counters: of everything together, of an action, or of a task.") { action, task, json };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            (string? ofAction, string? ofTask) = (parsed.GetValue(action), parsed.GetValue(task));
            if (ofAction is not null && ofTask is not null)
                throw new UsageException("--action and --task exclude each other");
            using ServerRequests client = server.Open(parsed, console);
            string? taskId = ofTask is null ? null : TaskFinder.Find(client.List(), ofTask).TaskId;
            MetricsResponse metrics = client.Metrics(ofAction, taskId);
            if (parsed.GetValue(json))
                WriteJson(metrics, console.Out);
            else
                TableOf(metrics).WriteTo(console);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void WriteJson(MetricsResponse metrics, LineSink sink)
    {
        if (metrics.Global is { } all)
            JsonLines.WriteObject(sink, GlobalMetrics.Schema, all);
        else if (metrics.Action is { } action)
            JsonLines.WriteObject(sink, ActionMetrics.Schema, action);
        else if (metrics.Task is { } task)
            JsonLines.WriteObject(sink, TaskMetrics.Schema, task);
    }

    private static Table TableOf(MetricsResponse metrics)
    {
        var table = new Table("COUNTER", "VALUE");
        if (metrics.Global is { } all)
        {
            Add("tasks_started", all.TasksStarted);
            Add("tasks_completed", all.TasksCompleted);
            Add("tasks_errored", all.TasksErrored);
            Add("tasks_restarted", all.TasksRestarted);
            Add("total_output_lines", all.TotalOutputLines);
            Add("enqueued", all.Enqueued);
            Add("dequeued", all.Dequeued);
            Add("displaced", all.Displaced);
            Add("expired", all.Expired);
        }
        if (metrics.Action is { } action)
        {
            Add("tasks_started", action.TasksStarted);
            Add("tasks_completed", action.TasksCompleted);
            Add("tasks_errored", action.TasksErrored);
            Add("tasks_restarted", action.TasksRestarted);
            Add("total_output_lines", action.TotalOutputLines);
        }
        if (metrics.Task is { } task)
        {
            Add("output_lines", task.OutputLines);
            Add("restart_count", task.RestartCount);
            Add("runtime_ms", task.RuntimeMs);
            if (task.LastExitCode is { } code)
                Add("last_exit_code", code);
        }
        return table;

        void Add(string name, long value) => table.Add(name, value.ToString(CultureInfo.InvariantCulture));
    }
}
