using Overseer.Core.Tasks;
using Overseer.Protocols.V2;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Protocols.Tests;

public sealed class TaskMessagesTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;

    [Fact]
    public void A_new_task_shows_only_what_is_known()
    {
        var status = new TaskStatus { TaskId = "t", Number = 1, JournalId = default, Action = "a", State = TaskState.Active, Phase = TaskPhase.Starting, CreatedAt = At };
        Assert.Equal(
            """{"type":"tasks","tasks":[{"task_id":"t","number":1,"action":"a","origin":"action","state":"active","restart_count":0,"created_at":"1970-01-01T00:00:00.000000Z"}],"id":"1"}""",
            Json.Text(new TasksMessage { Tasks = [TaskMessages.ToInfo(status)], Id = "1" }));
    }

    [Fact]
    public void Everything_the_engine_knows_reaches_the_list()
    {
        var status = new TaskStatus
        {
            TaskId = "t",
            Number = 1,
            JournalId = default,
            Action = "a",
            Params = new Dictionary<string, string>(),
            State = TaskState.Stopped,
            Phase = TaskPhase.Ended,
            WorkerState = WorkerState.Exited,
            CurrentPid = 5,
            RestartCount = 2,
            CreatedAt = At,
            LastStartedAt = At,
            LastExitedAt = At,
            QueuedAt = At,
            LastExitCode = 0,
            LastSignal = "SIGKILL",
            ErrorMessage = "",
            Note = "",
            RetryPolicy = RetryPolicy.Empty,
            Name = "n",
            Tags = ["x"],
            Groups = ["y"],
            Command = "/bin/true",
            Args = [],
        };
        string json = Json.Text(new TasksMessage { Tasks = [TaskMessages.ToInfo(status)], Id = "1" });
        Assert.Equal(json, Json.Text(new TasksMessage { Tasks = [TaskMessages.ToInfo(status).Keep()], Id = "1" }));
        Assert.Equal(TaskMessages.ToInfo(status), TaskMessages.ToInfo(status).Keep());
        Assert.All(ProtocolPage.Definitions["TaskInfo"], f => Assert.Contains($"\"{f.Name}\":", json, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_event_of_the_engine_has_its_message()
    {
        var run = new RunId(Guid.Empty);
        (TaskEvent Event, string Type)[] events =
        [
            (new TaskStarted("t", "a", run, 5, null, true, null, At), "started"),
            (new TaskExited("t", "a", run, 5, -1, "SIGTERM", true, At), "exited"),
            (new TaskRestarting("t", "a", 5, TimeSpan.FromSeconds(1), 1, At), "restarting"),
            (new TaskErrored("t", "a", 5, 3, At), "errored"),
            (new TaskQueued("t", "a", 1, null, At), "queued"),
            (new TaskDequeued("t", "a", DequeueReason.Stopped, At), "dequeued"),
            (new TaskAdopted("t", 5, At), "started"),
            (new AdoptedExited("t", 5, null, null, false, At), "exited"),
        ];
        Assert.All(events, e => Assert.StartsWith($"{{\"type\":\"{e.Type}\",\"task_id\":\"t\",", Json.Text(TaskMessages.ToMessage(e.Event)), StringComparison.Ordinal));
        Assert.Equal(typeof(TaskEvent).Assembly.GetTypes().Count(t => t.IsSubclassOf(typeof(TaskEvent))), events.Length);
    }

    [Fact]
    public void An_exit_code_that_nobody_knows_is_minus_one_in_the_event_and_absent_in_the_list()
    {
        var exited = Assert.IsType<ExitedMessage>(TaskMessages.ToMessage(new AdoptedExited("t", 5, null, null, false, At)));
        Assert.Equal((-1, null), (exited.ExitCode, exited.Signal));
        var status = new TaskStatus { TaskId = "t", Number = 1, JournalId = default, Action = "adopt", Origin = TaskOrigin.Adopted, State = TaskState.Stopped, Phase = TaskPhase.Ended, CreatedAt = At };
        Assert.DoesNotContain("last_exit_code", Json.Text(new TasksMessage { Tasks = [TaskMessages.ToInfo(status)], Id = "1" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Replies_carry_the_id_of_their_request()
    {
        var started = new EngineReply.Started(new TaskStarted("t", "a", new RunId(Guid.Empty), 5, null, false, null, At));
        Assert.Equal("7", Assert.IsType<StartedMessage>(TaskMessages.ToMessage(started, "7")).Id);
        var failed = Assert.IsType<ErrorMessage>(TaskMessages.ToMessage(new EngineReply.Failed("no", "other"), "8"));
        Assert.Equal(("8", "no", "other"), (failed.Id, failed.Message, failed.ExistingTaskId));
    }

    [Fact]
    public void A_start_asks_the_engine_for_all_it_says()
    {
        var message = new StartMessage("1") { Action = "a", TaskId = "t", Force = true, Name = "n", Tags = ["x"], Groups = ["y"], Params = new Dictionary<string, string>() };
        var request = TaskMessages.ToRequest(message);
        Assert.Equal(("a", "t", true, "n"), (request.Action, request.TaskId, request.Force, request.Name));
        Assert.Equal((message.Params, message.Tags, message.Groups), (request.Params, request.Tags, request.Groups));
        Assert.Null(request.Command);
        Assert.Throws<ArgumentException>(() => TaskMessages.ToRequest(new StartMessage("1")));
    }

    [Fact]
    public void A_start_of_a_command_has_the_action_that_stands_for_none()
    {
        var request = TaskMessages.ToRequest(new StartMessage("1") { Command = "ls", Args = ["-l"] });
        Assert.Equal(("command", "ls"), (request.Action, request.Command));
        Assert.Equal(["-l"], request.Args);
    }
}
