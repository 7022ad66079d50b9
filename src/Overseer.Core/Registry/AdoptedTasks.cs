using System.Globalization;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Registry;

/// <summary>The adopted tasks of an engine: who becomes one, what happens to them, who is forgotten. Belongs to the engine's thread.</summary>
/// <param name="index">All known tasks.</param>
/// <param name="options">Bounds and defaults.</param>
/// <param name="parts">What machines share.</param>
/// <param name="nextNumber">Gives out registry numbers.</param>
internal sealed class AdoptedTasks(RegistryIndex index, EngineOptions options, MachineParts parts, Func<long> nextNumber)
{
    private EngineOptions _options = options;

    /// <summary>From now on these hold.</summary>
    public void Use(EngineOptions options) => _options = options;

    private readonly LinkedList<AdoptedTask> _dead = new();
    private long _seenAt;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>When those that live were last seen. From any thread.</summary>
    public DateTimeOffset SeenAt => new(Interlocked.Read(ref _seenAt), TimeSpan.Zero);

    /// <summary>Takes up what an earlier server left, by number.</summary>
    public IEnumerable<AdoptedTask> Restore(StoredState state, List<Effect> effects)
    {
        Interlocked.Exchange(ref _seenAt, (state.SeenAt ?? DateTimeOffset.MinValue).UtcTicks);
        var tasks = new List<AdoptedTask>(state.Adopted.Count);
        foreach (var record in state.Adopted)
        {
            var task = new AdoptedTask(record, parts);
            task.Resume(SeenAt, effects);
            tasks.Add(task);
        }

        foreach (var task in tasks.Where(task => !task.IsAlive).OrderBy(task => task.Status.LastExitedAt)) task.DeadNode = _dead.AddLast(task);
        return tasks;
    }

    /// <summary>Makes a task known that was restored.</summary>
    public void Enter(AdoptedTask task) => Add(task);

    /// <summary>Makes a process a task, or says why not.</summary>
    public void Adopt(EngineCommand.AdoptProcess adopt, List<Effect> effects)
    {
        var (origin, request) = (adopt.Origin, adopt.Request);
        EngineReply? refusal = request.Name is { } name && ProcessName.Problem(name) is { } badName ? new EngineReply.Failed(badName)
            : Owner(request.Process) is { } owner ? new EngineReply.AlreadyKnown(owner.Status)
            : request.Name is not null && index.FindByName(request.Name) is { } namesake ? new EngineReply.Failed($"name \"{request.Name}\" is already in use", namesake.TaskId)
            : LabelProblem(request) is { } badLabel ? new EngineReply.Failed(badLabel)
            : null;
        if (refusal is null && Count >= _options.MaxAdopted && !ForgetOldestDead(effects))
        {
            refusal = new EngineReply.Failed($"too many adopted processes: all {_options.MaxAdopted.ToString(CultureInfo.InvariantCulture)} that may be known live (limit max_adopted)");
        }

        if (refusal is not null)
        {
            effects.Add(new Effect.Reply(origin, refusal));
            return;
        }

        var commandLine = request.CommandLine.Length > AdoptRequest.MaxCommandLine ? Shortened(request.CommandLine) : request.CommandLine;
        var task = new AdoptedTask(
            new AdoptedRecord
            {
                Number = nextNumber(),
                TaskId = parts.Ids(),
                Process = request.Process,
                CommandLine = commandLine,
                Name = request.Name,
                Tags = StartChecks.Join([], request.Tags),
                Groups = StartChecks.Join([], request.Groups),
                AddedAt = request.AddedAt,
                StartedAt = request.StartedAt,
                Phase = TaskPhase.Running,
            },
            parts);
        Add(task);
        parts.Changes.Put(task.Record);
        effects.Add(new Effect.WatchProcess(task.Number, task.Process));
        effects.Add(new Effect.StatusChanged(task.Status));
        effects.Add(new Effect.Reply(origin, new EngineReply.Adopted(task.Status)));
        effects.Add(new Effect.Publish(new TaskAdopted(task.TaskId, task.Process.Pid, request.AddedAt)));
    }

    /// <summary>Takes over what somebody else has kept of an adopted process; one that is not there any more comes as ended. Before any command.</summary>
    public void Import(AdoptedRecord record, List<Effect> effects)
    {
        var task = new AdoptedTask(record, parts);
        Add(task);
        if (!task.IsAlive) task.DeadNode = _dead.AddLast(task);
        else effects.Add(new Effect.WatchProcess(task.Number, task.Process));
        parts.Changes.Put(task.Record);
    }

    /// <summary>Applies an input to a task and keeps what is known of it elsewhere in step.</summary>
    public void Drive(AdoptedTask task, AdoptedInput input, List<Effect> effects)
    {
        task.Apply(input, effects);
        if (!task.IsAlive) task.DeadNode ??= _dead.AddLast(task);
    }

    /// <summary>What is said of a process concerns its task, if that is still known.</summary>
    public void Drive(long number, AdoptedProcess process, AdoptedInput input, List<Effect> effects)
    {
        if (index.Find(number) is AdoptedTask task && task.Process.IsSame(process)) Drive(task, input, effects);
    }

    /// <summary>The grace time of a stop has ended.</summary>
    public void GraceEnded(RunId timer, List<Effect> effects)
    {
        if (index.Find(timer.Value.ToString("D")) is AdoptedTask task) Drive(task, new AdoptedInput.GraceEnded(), effects);
    }

    /// <summary>Stops the process of a task.</summary>
    public void Stop(AdoptedTask task, EngineCommand.StopTask stop, List<Effect> effects) =>
        Drive(task, new AdoptedInput.Stop(stop.Origin, stop.Grace ?? _options.AdoptedGrace, stop.Grace is not null), effects);

    /// <summary>All that live were seen.</summary>
    public void Seen(DateTimeOffset at)
    {
        if (Count == _dead.Count || at.UtcTicks <= Interlocked.Read(ref _seenAt)) return;
        Interlocked.Exchange(ref _seenAt, at.UtcTicks);
        parts.Changes.Seen(at);
    }

    /// <summary>Forgets a task; its process is left alone.</summary>
    public void Forget(AdoptedTask task, List<Effect> effects)
    {
        Remove(task, effects);
        parts.Changes.ForgetAdopted(task.Number);
    }

    /// <summary>Forgets all of them.</summary>
    /// <returns>How many they were.</returns>
    public int Reset(List<Effect> effects)
    {
        var count = Count;
        foreach (var task in index.All.OfType<AdoptedTask>().ToList()) Remove(task, effects);
        parts.Changes.ResetRegistry();
        return count;
    }

    private void Add(AdoptedTask task)
    {
        index.Add(task);
        index.SetName(task, null, task.Status.Name);
        index.SetPid(task, task.Process.Pid);
        Count++;
    }

    private void Remove(AdoptedTask task, List<Effect> effects)
    {
        task.Leave(effects);
        index.Remove(task);
        if (task.DeadNode is { } node) _dead.Remove(node);
        task.DeadNode = null;
        Count--;
        effects.Add(new Effect.AdoptedForgotten(task.TaskId, task.Number));
    }

    private bool ForgetOldestDead(List<Effect> effects)
    {
        if (_dead.First is not { } first) return false;
        Forget(first.Value, effects);
        return true;
    }

    /// <summary>The task whose process this is: an adopted one, or one that runs under this server.</summary>
    private RegisteredTask? Owner(AdoptedProcess process)
    {
        foreach (var owner in index.AllByPid(process.Pid))
        {
            var same = owner switch
            {
                AdoptedTask adopted => adopted.IsAlive && adopted.Process.IsSame(process),
                TaskEntry own => own.Machine.Record is { Phase: not TaskPhase.Ended } run && run.Pid == process.Pid && run.ProcessStartTime == process.StartTime,
                _ => false,
            };
            if (same) return owner;
        }

        return null;
    }

    private string? LabelProblem(AdoptRequest request) =>
        StartChecks.Labels("tags", request.Tags, _options.MaxLabels) ?? StartChecks.Labels("groups", request.Groups, _options.MaxLabels);

    /// <summary>Never half of a surrogate pair.</summary>
    private static string Shortened(string text) =>
        text[..(char.IsHighSurrogate(text[AdoptRequest.MaxCommandLine - 1]) ? AdoptRequest.MaxCommandLine - 1 : AdoptRequest.MaxCommandLine)];
}
