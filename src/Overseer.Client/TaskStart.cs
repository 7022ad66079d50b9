using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>What became of a start: the task runs, or it waits in a queue and will run, or not, later.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Started">Set when it runs.</param>
/// <param name="Queued">Set when it waits for room in a pool.</param>
/// <param name="Watch">Its events from the very first line on, when they were asked for; to be disposed by the caller.</param>
public sealed record TaskStart(string TaskId, StartedMessage? Started, QueuedMessage? Queued, TaskWatch? Watch)
{
    internal QueuedStart? Later { get; init; }

    /// <summary>Waits until the task runs: not at all when it does already.</summary>
    /// <param name="cancellationToken">Ends the waiting; the task stays in its queue.</param>
    /// <exception cref="OverseerDequeuedException">It left the queue without being started.</exception>
    /// <exception cref="OverseerRequestException">Its start failed when its turn came.</exception>
    /// <exception cref="OverseerTaskLostException">The connection was lost, and the server does not know the task any more.</exception>
    public Task<StartedMessage> WhenStartedAsync(CancellationToken cancellationToken = default)
        => Started is { } started ? Task.FromResult(started)
            : Later is { } later ? later.Started.WaitAsync(cancellationToken)
            : throw new InvalidOperationException("this start is not one of a client's");
}
