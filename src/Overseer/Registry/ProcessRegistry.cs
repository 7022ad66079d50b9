using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Recorder.Interop;
using Overseer.Supervision;

namespace Overseer.Registry;

/// <summary>
/// The registry of processes as goproc knows it, over the engine. Thread-safe. Each change is stored when its task completes. A cancelled call may still have its effect.
/// </summary>
internal sealed class ProcessRegistry(Supervisor supervisor, EngineCaller caller, Adoption adoption, AdoptedSignals signals, TaskEnds ends, TimeProvider clock)
{
    /// <summary>What a process gets between SIGTERM and SIGKILL: with <see cref="AdoptedSignals.Patience"/> less than the five seconds that goproc's client has for a kill.</summary>
    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly TaskEngine _engine = supervisor.Engine;

    /// <summary>Makes a process that somebody else started a task.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="name">A unique name; trimmed, null and blank for none.</param>
    /// <param name="tags">Tags; trimmed, blanks and doubles dropped.</param>
    /// <param name="groups">Groups; the same.</param>
    /// <param name="startedAs">
    /// The command line of a process that whoever asks has started itself and not waited for: it may have ended by now, and is in the registry all the same. Null or empty for all others.
    /// </param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="IOException">It could not be stored.</exception>
    public async Task<AddOutcome> AddAsync(int pid, string? name, IReadOnlyList<string> tags, IReadOnlyList<string> groups, string? startedAs, CancellationToken cancellation)
    {
        if (pid <= 0)
        {
            return new AddOutcome.InvalidPid();
        }

        if (adoption.Begin(pid, ProcessName.Trim(name), tags, groups, startedAs, out var reason) is not { } request)
        {
            return new AddOutcome.NoSuchProcess(reason);
        }

        try
        {
            return await caller.AskAsync(origin => new EngineCommand.AdoptProcess(origin, request), cancellation) switch
            {
                EngineReply.Adopted adopted => new AddOutcome.Added(EntryOf(adopted.Task)),
                EngineReply.AlreadyKnown known => new AddOutcome.AlreadyRegistered(EntryOf(known.Task)),
                EngineReply.NotStored lost => throw new IOException(lost.Message),
                EngineReply.Failed failed => new AddOutcome.Refused(failed.Message),
                var other => throw new InvalidOperationException($"{other.GetType().Name} is no answer to an adoption"),
            };
        }
        finally
        {
            adoption.Done(request);
        }
    }

    /// <summary>The entries that match, by number, as they are stored.</summary>
    public async Task<IReadOnlyList<RegistryEntry>> ListAsync(RegistryFilter filter)
    {
        RegistryEntry[] entries = [.. _engine.Registry.Select(filter).Select(task => EntryOf(task, task.Status))];
        await supervisor.WhenStoredAsync();
        return entries;
    }

    /// <summary>Ends the process of an entry, and its group if it leads one; completes when it is dead, or when SIGKILL did not help. A task of our own is stopped.</summary>
    /// <exception cref="IOException">It could not be stored.</exception>
    public Task<KillOutcome> KillAsync(long number, CancellationToken cancellation) => KillAsync(_engine.Registry.Find(number), cancellation);

    /// <summary>Ends the process of the entry whose process this is, as <see cref="KillAsync(long, CancellationToken)"/>.</summary>
    /// <exception cref="IOException">It could not be stored.</exception>
    public async Task<KillOutcome> KillPidAsync(int pid, CancellationToken cancellation) =>
        pid <= 0 ? new KillOutcome.InvalidPid() : await KillAsync(_engine.Registry.FindByPid(pid), cancellation);

    /// <summary>Forgets an entry.</summary>
    /// <exception cref="IOException">It could not be stored.</exception>
    public async Task<RemoveOutcome> RemoveAsync(long number, CancellationToken cancellation)
    {
        if (_engine.Registry.Find(number) is not { } task)
        {
            return new RemoveOutcome.NotFound();
        }

        var entry = EntryOf(task, task.Status);
        return await caller.AskAsync(origin => new EngineCommand.RemoveTask(origin, number), cancellation) switch
        {
            EngineReply.Removed => new RemoveOutcome.Removed(entry),
            EngineReply.NotStored lost => throw new IOException(lost.Message),
            EngineReply.Failed { ExistingTaskId: not null } failed => new RemoveOutcome.Refused(failed.Message),
            _ => new RemoveOutcome.NotFound(),
        };
    }

    /// <summary>Renames a tag wherever it is, at once.</summary>
    /// <returns>How many entries had it.</returns>
    /// <exception cref="ArgumentException">It cannot be renamed so; the message is for the user.</exception>
    /// <exception cref="IOException">It could not be stored.</exception>
    public Task<int> RenameTagAsync(string from, string to, CancellationToken cancellation) => RenameAsync(LabelKind.Tag, from, to, cancellation);

    /// <summary>Renames a group wherever it is, at once.</summary>
    /// <returns>How many entries were in it.</returns>
    /// <exception cref="ArgumentException">It cannot be renamed so; the message is for the user.</exception>
    /// <exception cref="IOException">It could not be stored.</exception>
    public Task<int> RenameGroupAsync(string from, string to, CancellationToken cancellation) => RenameAsync(LabelKind.Group, from, to, cancellation);

    /// <summary>Forgets every adopted process and every task that has ended; the next number is 1, unless a task of our own is still known.</summary>
    /// <exception cref="IOException">It could not be stored.</exception>
    public async Task ResetAsync(CancellationToken cancellation)
    {
        if (await caller.AskAsync(origin => new EngineCommand.ResetRegistry(origin), cancellation) is EngineReply.NotStored lost)
        {
            throw new IOException(lost.Message);
        }
    }

    private async Task<int> RenameAsync(LabelKind kind, string from, string to, CancellationToken cancellation) =>
        await caller.AskAsync(origin => new EngineCommand.RenameLabel(origin, kind, from, to), cancellation) switch
        {
            EngineReply.Renamed renamed => renamed.Count,
            EngineReply.NotStored lost => throw new IOException(lost.Message),
            EngineReply.Failed failed => throw new ArgumentException(failed.Message, nameof(to)),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is no answer to a renaming"),
        };

    private async Task<KillOutcome> KillAsync(RegisteredTask? task, CancellationToken cancellation)
    {
        if (task?.Status is not { CurrentPid: not null } status)
        {
            return new KillOutcome.NotFound();
        }

        if (status.WorkerState != WorkerState.Running)
        {
            return new KillOutcome.Failed(Errno.Text(Errno.ESRCH));
        }

        var adopted = task as AdoptedTask;
        if (adopted is not null && signals.Probe(task.Number, adopted.Process) is > 0 and var errno)
        {
            return new KillOutcome.Failed(Errno.Text(errno));
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ended = ends.WaitAsync(task.TaskId, stop.Token);
        var refused = caller.AskAsync(origin => new EngineCommand.StopTask(origin, task.TaskId, Grace: adopted is null ? null : KillGrace), stop.Token);
        try
        {
            // Only a failure is answered. A task that has ended a moment before is refused: then it is dead all the same.
            if (await Task.WhenAny(ended, refused) == refused && task.Status.WorkerState == WorkerState.Running)
            {
                return await refused switch
                {
                    EngineReply.Survived survived => new KillOutcome.Survived(survived.Pids),
                    EngineReply.Failed failed => new KillOutcome.Failed(failed.Message),
                    var other => throw new InvalidOperationException($"{other.GetType().Name} is no answer to a stop"),
                };
            }

            await ended;
            if (adopted is not null && await LeftOfGroupAsync(adopted, cancellation) is { Count: > 0 } left)
            {
                return new KillOutcome.Survived(left);
            }

            return new KillOutcome.Killed(EntryOf(task, task.Status));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(ended, refused).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Who is left of the group that a dead process led, when all of them have had SIGTERM, time, and SIGKILL.</summary>
    private async Task<IReadOnlyList<int>> LeftOfGroupAsync(AdoptedTask task, CancellationToken cancellation)
    {
        var begin = clock.GetTimestamp();
        while (true)
        {
            var left = signals.Living(task.Number, task.Process);
            if (left.Count == 0 || clock.GetElapsedTime(begin) > KillGrace + AdoptedSignals.Patience)
            {
                return left;
            }

            await Task.Delay(Pause, clock, cancellation);
        }
    }

    private RegistryEntry EntryOf(Core.Tasks.TaskStatus status) => EntryOf(_engine.Registry.Find(status.Number), status);

    private RegistryEntry EntryOf(RegisteredTask? task, Core.Tasks.TaskStatus status)
    {
        var process = (task as AdoptedTask)?.Process;
        var alive = status.WorkerState == WorkerState.Running;
        var seen = status.Origin == TaskOrigin.Adopted ? _engine.AdoptedSeenAt : clock.GetUtcNow();
        return new RegistryEntry
        {
            Number = status.Number,
            TaskId = status.TaskId,
            Pid = status.CurrentPid ?? 0,
            ProcessStartTime = process?.StartTime ?? 0,
            Pgid = process?.Group ?? status.CurrentPid ?? 0,
            Command = RegistrySearch.CommandLineOf(status),
            IsAlive = alive,
            Name = status.Name,
            Tags = status.Tags,
            Groups = status.Groups,
            AddedAt = status.CreatedAt,
            LastSeenAt = alive ? (seen > status.CreatedAt ? seen : status.CreatedAt) : status.LastExitedAt ?? status.CreatedAt,
            StartedAt = status.LastStartedAt,
            ExitedAt = alive ? null : status.LastExitedAt,
            ExitCode = alive ? null : status.LastExitCode,
            Signal = alive ? null : status.LastSignal,
            Origin = status.Origin,
            State = status.State,
        };
    }
}
