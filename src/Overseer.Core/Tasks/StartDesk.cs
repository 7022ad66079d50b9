using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>
/// Decides whether a start goes ahead: its words, the action, what is running already, the action's own judgement, room. It changes nothing but the counter
/// of registry numbers.
/// </summary>
internal sealed class StartDesk(
    ActionCatalog actions,
    EngineOptions options,
    TimeProvider clock,
    Func<Guid> ids,
    TaskTable table,
    PoolTable<TaskEntry> pools,
    DedupeIndex byDedupeKey)
{
    private const string NoCommands = "nothing here runs commands that no action describes";
    private static readonly IReadOnlyDictionary<string, string> NoParameters = new Dictionary<string, string>(StringComparer.Ordinal);

    private ActionCatalog _actions = actions;
    private EngineOptions _options = options;
    private long _lastNumber;

    /// <summary>The highest registry number that was given out. May be read from any thread.</summary>
    public long LastNumber { get => Volatile.Read(ref _lastNumber); set => Volatile.Write(ref _lastNumber, value); }

    /// <summary>Plans a launch once more that came to nothing: its task's action may have changed since, or be gone.</summary>
    public RunPlan? PlanAgain(TaskRecord task, RunRecord run, SecretMask mask, out string refusal) => Plan(task, run.RunId, run.Ordinal, mask, out _, out refusal);

    /// <summary>Plans the run that a task waits for, or the one that a reset begins.</summary>
    /// <param name="entry">The task.</param>
    /// <param name="run">The run.</param>
    /// <param name="origin">Who waits for the answer.</param>
    /// <param name="kind">What it is for.</param>
    /// <param name="refusal">Why there is no order.</param>
    public LaunchOrder? PlanNext(TaskEntry entry, RunId run, RequestOrigin? origin, LaunchKind kind, out string refusal)
    {
        var before = kind == LaunchKind.Request ? entry.Status.Anew() : entry.Status;
        var mask = MaskOf(entry.Record);
        if (Plan(entry.Record, run, before.Run + 1, mask, out var action, out refusal) is not { } plan) return null;
        var (command, args) = entry.Record.Action == ActionCatalog.CommandName ? (entry.Record.Command, entry.Record.Args) : Shown(plan, mask);
        var status = before with
        {
            State = TaskState.Active,
            Phase = TaskPhase.Starting,
            QueuedAt = null,
            CurrentRun = run,
            Run = before.Run + 1,
            RetryPolicy = PolicyOf(entry.Record.Retry, action!.Definition, _options),
            Command = command,
            Args = args,
            Note = null,
        };
        return new LaunchOrder(origin, plan, mask, status, _options.BootId, kind) { From = action };
    }

    /// <summary>What a task occupies while it is live.</summary>
    public string? DedupeKeyOf(TaskRecord task) => _actions.Of(task.Action) is { } action ? DedupeKey.Of(action, task.Params) : null;

    /// <summary>Whether nothing can ever be started for this task, as the configuration does not have its action any more.</summary>
    public bool IsActionGone(TaskRecord task, out string message)
    {
        message = $"the action {GoQuote.Text(task.Action)} is not configured any more";
        return _actions.Of(task.Action) is null;
    }

    /// <summary>The task as its action and the defaults describe it now.</summary>
    public TaskStatus Describe(TaskStatus status, TaskRecord task)
    {
        var action = _actions.Of(task.Action);
        return status with
        {
            Params = MaskOf(task).Parameters(task.Params),
            RetryPolicy = PolicyOf(task.Retry, action?.Definition, _options),
            Tags = StartChecks.Join(action?.Definition.Tags ?? [], task.Tags),
            Groups = StartChecks.Join(action?.Definition.Groups ?? [], task.Groups),
        };
    }

    /// <summary>From now on these hold.</summary>
    public void Use(ActionCatalog actions, EngineOptions options) => (_actions, _options) = (actions, options);

    /// <summary>The action of this name.</summary>
    public ActionEntry? ActionOf(TaskRecord task) => _actions.Of(task.Action);

    /// <summary>Decides.</summary>
    public StartDecision Decide(EngineCommand.StartTask start)
    {
        var request = start.Request;
        if (WordsOf(request) is { } wrong) return StartDecision.Refused(wrong);
        if (ActionFor(start) is not { } action || !start.Origin.Sees(action.Definition))
        {
            return StartDecision.Refused(request.Command is null ? _actions.Refusal(request.Action) : NoCommands);
        }

        var policy = PolicyOf(request.RetryPolicy, action.Definition, _options);
        if (policy?.Problem() is { } wrongPolicy) return StartDecision.Refused($"retry_policy: {wrongPolicy}");

        var taskId = request.TaskId ?? ids().ToString("D");
        if (table.IsForeign(taskId)) return StartDecision.Refused("task_id is that of an adopted process", taskId);
        var existing = table.Find(taskId);
        if (existing is not null && !start.Origin.Sees(existing.Status)) return StartDecision.Refused("task_id is taken");
        if (existing is not null && existing.Status.IsForeign != start.Foreign) return StartDecision.Refused($"task_id is that of a {WordFor(existing.Status.Origin)}", taskId);
        if (existing is { Machine.Phase: not TaskPhase.Ended }) return StartDecision.Refused("task already running or starting");

        var labels = (existing?.Labels ?? Labels.None).With(request);
        if (labels.Name is { } name && table.FindByName(name) is { } owner && owner != existing)
        {
            return start.Origin.Sees(owner.Status)
                ? StartDecision.Refused($"name \"{name}\" is already used by task {owner.TaskId}", owner.TaskId)
                : StartDecision.Refused($"name \"{name}\" is already used");
        }

        var runId = new RunId(ids());
        var run = (existing?.Status.Run ?? 0) + 1;
        var mask = SecretMask.For(action.Action.Parameters, request.Params);
        var runRequest = new RunRequest
        {
            TaskId = taskId,
            RunId = runId,
            Run = run,
            Parameters = request.Params ?? NoParameters,
            Command = request.Command,
            Args = request.Args ?? [],
        };
        if (Plan(action, runRequest, mask, out var refusal) is not { } plan)
        {
            return StartDecision.Refused(refusal);
        }

        var key = DedupeKey.Of(action, request.Params);
        if (byDedupeKey.Find(key) is { } twin) return StartDecision.Refused(TwinRefusal(twin.Status, start.Origin));

        var status = Describe(existing?.Status, taskId, request, action, labels, mask, plan) with { CurrentRun = runId, Run = run, RetryPolicy = policy };
        var bytes = TaskSize.Of(status, key);
        if (NoRoom(bytes) is { } full) return StartDecision.Refused(full);
        var admission = start.Foreign ? Admission<TaskEntry>.Admit.Instance : pools.Ask(status.Action, request.Force);
        if (admission is Admission<TaskEntry>.Reject) return StartDecision.Refused("pool rejected task: pool: task rejected — limit reached and queue is full");
        if (existing is null) status = status with { Number = ++LastNumber };
        return new StartDecision
        {
            Admission = admission,
            Order = new LaunchOrder(start.Origin, plan, mask, status, _options.BootId) { From = action },
            Record = Remember(status, request, labels),
            Existing = existing,
            Labels = labels,
            DedupeKey = key,
            Bytes = bytes,
        };
    }

    /// <summary>What is said to a start whose twin is running: which one that is, where the asker may know.</summary>
    public static EngineReply.Failed TwinRefusal(TaskStatus twin, RequestOrigin origin) => origin.Sees(twin)
        ? new EngineReply.Failed($"duplicate task: already running as {twin.TaskId}", twin.TaskId)
        : new EngineReply.Failed("duplicate task: already running");

    /// <summary>Whether a task of this size fits beside all the others.</summary>
    public bool Fits(TaskEntry? existing, long bytes) =>
        table.Count + (existing is null ? 1 : 0) <= _options.MaxTasks && table.Bytes - (existing?.Bytes ?? 0) + bytes <= _options.MaxTaskBytes;

    /// <summary>Whether it would not fit even if every ended task were forgotten.</summary>
    private string? NoRoom(long bytes)
    {
        if (table.Live >= _options.MaxTasks) return $"too many tasks: all {_options.MaxTasks} that may be known are running (limit max_tasks)";
        return table.LiveBytes + bytes > _options.MaxTaskBytes
            ? $"the running tasks' parameters and arguments would take more than {_options.MaxTaskBytes} bytes (limit max_task_bytes)"
            : null;
    }

    private static string WordFor(TaskOrigin origin) => origin switch
    {
        TaskOrigin.Session => "session",
        TaskOrigin.Container => "container",
        _ => "task",
    };

    private ActionEntry? ActionFor(EngineCommand.StartTask start) =>
        start.Foreign ? _actions.Of(start.Request.Action) : start.Request.Command is null ? _actions.Find(start.Request.Action) : _actions.Command;

    private string? WordsOf(StartRequest request)
    {
        if (string.IsNullOrEmpty(request.Action)) return "action is required";
        if (request.Command is not null && StartChecks.Command(request.Command, request.Args ?? [], _options) is { } badCommand) return badCommand;
        if (StartChecks.TaskId(request.TaskId) is { } badId) return badId;
        if (request.Name is { } name && StartChecks.Name(name) is { } badName) return badName;
        if (request.Params?.Count > _options.MaxParameters) return $"params: at most {_options.MaxParameters} are allowed";
        return StartChecks.Labels("tags", request.Tags, _options.MaxLabels) ?? StartChecks.Labels("groups", request.Groups, _options.MaxLabels);
    }

    /// <summary>Asks the action. A driver is somebody else's code: whatever it throws must not end the engine.</summary>
    private static RunPlan? Plan(ActionEntry action, RunRequest request, SecretMask mask, out string refusal)
    {
        refusal = "";
        try
        {
            return action.Action.Plan(request);
        }
        catch (PlanException e)
        {
            refusal = mask.Text(e.CannotStart ? e.Message : $"validation error: {action.Definition.Type}: {e.Message}");
        }
        catch (Exception e)
        {
            refusal = mask.Text($"action {GoQuote.Text(action.Definition.Name)}: its driver failed: {e.Message}");
        }

        return null;
    }

    /// <summary>What is shown of an action's plan. Of a command it is what was asked for: that is stored, and run again.</summary>
    private static (string? Command, IReadOnlyList<string>? Args) Shown(RunPlan plan, SecretMask mask) =>
        plan switch
        {
            ProcessPlan process => (mask.Text(process.File), mask.Texts(process.Arguments, skip: 1)),
            HostedPlan { Command: { } shown } hosted => (mask.Text(shown), mask.Texts(hosted.Arguments, skip: 0)),
            _ => (null, null),
        };

    private TaskStatus Describe(TaskStatus? before, string taskId, StartRequest request, ActionEntry action, Labels labels, SecretMask mask, RunPlan plan)
    {
        var (command, args) = request.Command is null ? Shown(plan, mask) : (request.Command, request.Args ?? []);
        return new TaskStatus
        {
            TaskId = taskId,
            Number = before?.Number ?? 0,
            JournalId = before?.JournalId ?? ids(),
            Action = action.Definition.Name,
            Origin = ActionCatalog.OriginOf(action.Definition.Name),
            Params = mask.Parameters(request.Params),
            State = TaskState.Active,
            Phase = TaskPhase.Starting,
            RestartCount = before?.RestartCount ?? 0,
            CreatedAt = before?.CreatedAt ?? clock.GetUtcNow(),
            LastStartedAt = before?.LastStartedAt,
            Name = labels.Name,
            Tags = StartChecks.Join(action.Definition.Tags, labels.Tags),
            Groups = StartChecks.Join(action.Definition.Groups, labels.Groups),
            Command = command,
            Args = args,
        };
    }

    private static TaskRecord Remember(TaskStatus status, StartRequest request, Labels labels) => new()
    {
        Number = status.Number,
        TaskId = status.TaskId,
        JournalId = status.JournalId,
        Action = status.Action,
        Params = request.Params,
        Retry = request.RetryPolicy,
        Name = labels.Name,
        Tags = labels.Tags,
        Groups = labels.Groups,
        Command = status.Command,
        Args = status.Args,
        CreatedAt = status.CreatedAt,
        Standing = new TaskStanding(),
    };

    private SecretMask MaskOf(TaskRecord task) =>
        _actions.Of(task.Action) is { } action ? SecretMask.For(action.Action.Parameters, task.Params) : SecretMask.ForUnknownAction(task.Params);

    private RunPlan? Plan(TaskRecord task, RunId run, int ordinal, SecretMask mask, out ActionEntry? action, out string refusal)
    {
        refusal = "";
        action = _actions.Of(task.Action);
        var isCommand = task.Action == ActionCatalog.CommandName;
        if (action is null)
        {
            refusal = isCommand ? NoCommands : _actions.Refusal(task.Action);
            return null;
        }

        var request = new RunRequest
        {
            TaskId = task.TaskId,
            RunId = run,
            Run = ordinal,
            Parameters = task.Params ?? NoParameters,
            Command = isCommand ? task.Command : null,
            Args = (isCommand ? task.Args : null) ?? [],
        };
        return Plan(action, request, mask, out refusal);
    }

    /// <summary>The policy that is in force: the request's over the action's over the global one.</summary>
    internal static RetryPolicy? PolicyOf(RetryPolicy? asked, ActionDefinition? action, EngineOptions options)
    {
        if (action is { IsForeign: true }) return null;
        if (asked is null && action?.Retry is null) return options.Retry;
        return (asked ?? RetryPolicy.Empty).Over(action?.Retry).Over(options.Retry);
    }
}
