using System.CommandLine;
using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer describe</c>: what <c>actions</c> shows in a row, in full.</summary>
internal static class DescribeCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var name = new Argument<string?>("ACTION") { Description = "Only this one.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "Print a JSON array of actions as the protocol describes them." };
        var command = new Command("describe", "Describe what can be started: parameters, pool, restarts.") { name, json };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            using ServerRequests client = server.Open(parsed, console);
            IReadOnlyList<ActionInfo> actions = client.Describe(parsed.GetValue(name));
            if (parsed.GetValue(json))
            {
                JsonLines.WriteArray(console.Out, ActionInfo.Schema, actions);
                return ExitCodes.Ok;
            }
            for (int i = 0; i < actions.Count; i++)
            {
                if (i > 0)
                    console.Out.WriteLine("");
                Write(actions[i], console.Out);
            }
            console.Out.Flush();
            return ExitCodes.Ok;
        });
        return command;
    }

    internal static void Write(ActionInfo action, LineSink sink)
    {
        sink.WriteLine($"{Plain(action.Name)} ({Plain(action.Type)})");
        if (action.Description is { Length: > 0 } description)
            sink.WriteLine($"  {Plain(description)}");
        if (action.Params.Count > 0)
            sink.WriteLine("  parameters:");
        foreach ((string name, ParameterInfo? parameter) in action.Params)
            sink.WriteLine($"    {Plain(name)}  {Plain(Describe(parameter))}");
        if (action.DedupeKey is { Count: > 0 } key)
            sink.WriteLine($"  only once at a time with the same: {Plain(string.Join(", ", key))}");
        sink.WriteLine($"  pool: {Describe(action.TaskPool)}");
        sink.WriteLine($"  restarts: {Describe(action.Retry)}");
    }

    private static string Describe(ParameterInfo? parameter)
    {
        List<string> words = [parameter?.Default is { } value ? parameter.Secret ? "optional" : $"default \"{value}\"" : "required"];
        if (parameter is { Secret: true })
            words.Add("secret");
        if (parameter?.Enum is { Count: > 0 } allowed)
            words.Add("one of " + string.Join(", ", allowed));
        if (parameter?.Validate is { } condition)
            words.Add("must be " + condition);
        string text = string.Join("; ", words);
        return parameter?.Description is { Length: > 0 } description ? $"{description} ({text})" : text;
    }

    private static string Describe(PoolConfig pool)
    {
        string running = pool.Limit == 0 ? "any number may run" : Number($"{pool.Limit} may run");
        string waiting = pool.Queue switch
        {
            not { Enabled: true } => "none waits",
            { Size: 0 } => "any number waits",
            { Size: var size } => Number($"{size} may wait"),
        };
        string age = pool.Queue is { Enabled: true, MaxAge: > 0 and var seconds } ? Number($", for {seconds} s at most") : "";
        return $"{running}, {waiting}{age}";
    }

    private static string Describe(RetryPolicy policy)
    {
        if (policy == RetryPolicy.Empty)
            return "none";
        List<string> words = [policy.RestartOn == RestartCondition.Failure ? "after failures" : "after any exit"];
        if (policy.RestartDelay is { } delay && delay > TimeSpan.Zero)
            words.Add("in " + GoDuration.Format(delay));
        if (policy.RestartJitter is { } jitter && jitter > TimeSpan.Zero)
            words.Add($"plus up to {GoDuration.Format(jitter)}");
        if (policy.BackoffFactor is { } factor and > 1)
            words.Add(Number($"times {factor} with each in a row") + (policy.MaxRestartDelay is { } most ? $" up to {GoDuration.Format(most)}" : ""));
        if (policy.ErrorThreshold is { } exits and > 0)
            words.Add(Number($"given up at {exits} exits") + (policy.ErrorWindow is { } window && window > TimeSpan.Zero ? $" within {GoDuration.Format(window)}" : ""));
        return string.Join(", ", words);
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Plain(string text) => new Cell(text).Plain;
}
