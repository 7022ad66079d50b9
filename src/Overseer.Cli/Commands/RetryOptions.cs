using System.CommandLine;
using Overseer.Core.Tasks;

namespace Overseer.Cli.Commands;

/// <summary>The options of a start that say how the task is restarted. Each is laid over what the action says.</summary>
internal sealed class RetryOptions
{
    private readonly Option<bool> _retry = new("--retry") { Description = "Restart the task when it exits, at once and for ever if nothing else is said." };
    private readonly Option<string?> _delay = new("--retry-delay") { Description = "Time between an exit and the next start.", HelpName = "TIME" };
    private readonly Option<string?> _jitter = new("--retry-jitter") { Description = "The most that is added to it at random.", HelpName = "TIME" };
    private readonly Option<string?> _window = new("--retry-window") { Description = "The time in which exits are counted; 0 for all time.", HelpName = "TIME" };
    private readonly Option<int?> _threshold = new("--retry-threshold") { Description = "At how many exits the task is given up; 0 for never.", HelpName = "N" };
    private readonly Option<string?> _on = new("--retry-on") { Description = "Which exits lead to a restart: any, or failure.", HelpName = "WHICH" };
    private readonly Option<double?> _backoff = new("--retry-backoff") { Description = "By what the delay is multiplied with each restart in a row.", HelpName = "FACTOR" };
    private readonly Option<string?> _maxDelay = new("--retry-max-delay") { Description = "The longest delay that this leads to.", HelpName = "TIME" };

    internal void AddTo(Command command)
    {
        _on.AcceptOnlyFromAmong("any", "failure");
        command.Options.Add(_retry);
        command.Options.Add(_delay);
        command.Options.Add(_jitter);
        command.Options.Add(_window);
        command.Options.Add(_threshold);
        command.Options.Add(_on);
        command.Options.Add(_backoff);
        command.Options.Add(_maxDelay);
    }

    /// <summary>The policy; null when no option asks for one.</summary>
    /// <exception cref="UsageException">A value is none of its kind.</exception>
    internal RetryPolicy? Read(ParseResult parsed)
    {
        var policy = new RetryPolicy
        {
            RestartDelay = Durations.Read(_delay.Name, parsed.GetValue(_delay)),
            RestartJitter = Durations.Read(_jitter.Name, parsed.GetValue(_jitter)),
            ErrorWindow = Durations.Read(_window.Name, parsed.GetValue(_window)),
            ErrorThreshold = parsed.GetValue(_threshold),
            RestartOn = parsed.GetValue(_on) switch { null => null, "any" => RestartCondition.Any, _ => RestartCondition.Failure },
            BackoffFactor = parsed.GetValue(_backoff),
            MaxRestartDelay = Durations.Read(_maxDelay.Name, parsed.GetValue(_maxDelay)),
        };
        if (policy.ErrorThreshold < 0)
            throw new UsageException($"{_threshold.Name} takes a number of exits, 0 or more");
        if (policy.BackoffFactor is { } factor && !(factor >= 1 && double.IsFinite(factor)))
            throw new UsageException($"{_backoff.Name} takes a number of 1 or more");
        return policy == RetryPolicy.Empty && !parsed.GetValue(_retry) ? null : policy;
    }
}
