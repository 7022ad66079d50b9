using Microsoft.Extensions.Logging;
using Overseer.Core.Drivers;
using Overseer.Drivers.Docker.Engine;

namespace Overseer.Drivers.Docker;

/// <summary>Copies a container's output into its run, each piece once. Not thread-safe.</summary>
/// <param name="run">The run.</param>
/// <param name="engine">The engine.</param>
/// <param name="clock">Time.</param>
/// <param name="log">The log.</param>
internal sealed class ContainerOutput(IHostedRun run, EngineClient engine, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRefusal = TimeSpan.FromMinutes(1);
    private OutputPlace? _place;
    private bool _saidRefused;

    /// <summary>Copies what comes while the container runs.</summary>
    /// <param name="container">The container.</param>
    /// <param name="over">Completes when it does not run any more: then this ends with what its engine sends to the end.</param>
    /// <param name="cancellation">Ends it at once.</param>
    public async Task FollowAsync(ContainerDetails container, Task over, CancellationToken cancellation)
    {
        var pause = new Pause(LongestPause, clock);
        var refused = new Pause(LongestRefusal, clock);
        while (true)
        {
            Task wait;
            try
            {
                if (await CopyAsync(container, follow: true, cancellation)) pause.Reset();
                wait = pause.WaitAsync(cancellation);
            }
            catch (EngineRefusedException e)
            {
                SayRefused(e);
                wait = refused.WaitAsync(cancellation);
            }

            // An engine may end it though the container runs on, as after a rotation of its log.
            if (over.IsCompleted || await Task.WhenAny(over, wait) == over) return;
            await wait;
        }
    }

    /// <summary>Copies what there is of a container that is over.</summary>
    public async Task FinishAsync(ContainerDetails container, CancellationToken cancellation)
    {
        try
        {
            await CopyAsync(container, follow: false, cancellation);
        }
        catch (EngineRefusedException e)
        {
            SayRefused(e);
        }
    }

    /// <returns>Whether there was anything new.</returns>
    private async Task<bool> CopyAsync(ContainerDetails container, bool follow, CancellationToken cancellation)
    {
        var place = _place ??= new OutputPlace(run.Last);
        place.Rewind();

        // Of one that ran before, only its life of now is this run's.
        var since = place.Since ?? (container.State.StartedAt > DateTimeOffset.UnixEpoch ? container.State.StartedAt : null);
        var any = false;
        await using var stream = await engine.OpenLogAsync(container.Id, container.Config?.Tty == true, follow, since, cancellation);
        while (await stream.ReadAsync(cancellation) is { } piece)
        {
            if (place.Has(piece)) continue;
            await WriteAsync(piece, cancellation);
            place.Add(piece);
            any = true;
        }

        return any;
    }

    /// <summary>Writes a piece; as long as the disk is full nothing more is read, and the engine keeps the rest.</summary>
    private async Task WriteAsync(LogPiece piece, CancellationToken cancellation)
    {
        var pause = new Pause(LongestPause, clock);
        while (true)
        {
            try
            {
                run.Write(piece.Output, piece.Data.Span, piece.At);
                return;
            }
            catch (IOException e)
            {
                DockerHostLog.Unreachable(log, run.TaskId, e.Message);
                await pause.WaitAsync(cancellation);
            }
        }
    }

    private void SayRefused(EngineRefusedException e)
    {
        if (_saidRefused || e.IsMissing) return;
        _saidRefused = true;
        DockerHostLog.NoOutput(log, run.TaskId, e.Message);
        run.Note($"its output cannot be read: {e.Message}");
    }
}
