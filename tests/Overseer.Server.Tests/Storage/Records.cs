using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Server.Tests.Storage;

/// <summary>Tasks and runs as an engine might have them: every number gives the same ones again.</summary>
internal static class Records
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    public static TaskRecord Task(long number) => new()
    {
        Number = number,
        TaskId = $"task-{number}",
        JournalId = Id(number, 1),
        Action = "backup",
        Params = number % 3 == 0 ? null : new Dictionary<string, string> { ["source"] = $"/home/{number}", ["empty"] = "", ["odd \"name\"\n"] = "ü€😀\u0000\u0001\\" },
        Retry = (number % 4) switch
        {
            0 => null,
            1 => RetryPolicy.Empty,
            2 => new RetryPolicy { ErrorThreshold = 3, RestartOn = RestartCondition.Failure },
            _ => new RetryPolicy
            {
                RestartDelay = TimeSpan.FromMilliseconds(1.5),
                RestartJitter = TimeSpan.Zero,
                ErrorWindow = TimeSpan.FromDays(1),
                ErrorThreshold = 0,
                RestartOn = RestartCondition.Any,
                BackoffFactor = 1.25,
                MaxRestartDelay = TimeSpan.FromTicks(1),
            },
        },
        Name = number % 2 == 0 ? $"name {number}" : null,
        Tags = number % 5 == 0 ? [] : ["a", "", "b\"c"],
        Groups = number % 2 == 0 ? null : ["g"],
        Command = number % 7 == 0 ? null : "/usr/bin/rsync",
        Args = number % 7 == 0 ? null : ["-a", $"/home/{number}", "***"],
        CreatedAt = Begin.AddTicks(number * 12_345_678),
        Standing = new TaskStanding
        {
            State = (TaskState)(number % 4),
            RestartCount = (int)number % 10,
            ErrorMessage = number % 6 == 0 ? "no such program: 'x'" : null,
            QueuedAt = number % 4 == 3 ? Begin.AddTicks(number) : null,
            RestartAt = number % 4 == 0 ? Begin.AddDays(number) : null,
            HistoryFrom = (int)(number % 3),
            ExitCount = (int)(number % 5),
            Place = number % 2 == 0 ? number : long.MinValue + number,
            Forced = number % 3 == 0,
            Requeue = number % 7 == 0,
        },
    };

    /// <summary>The task after so many restarts.</summary>
    public static TaskRecord Restarted(long number, int times)
    {
        var task = Task(number);
        return task with { Standing = task.Standing with { RestartCount = times } };
    }

    public static RunRecord Run(long task, int ordinal, TaskPhase phase = TaskPhase.Ended) => new()
    {
        RunId = RunIdOf(task, ordinal),
        Task = task,
        Ordinal = ordinal,
        Phase = phase,
        BootId = Id(7, 7),
        Pid = phase == TaskPhase.Starting ? 0 : (int)task + 100,
        ProcessStartTime = phase == TaskPhase.Starting ? 0 : long.MaxValue - task,
        StartedAt = phase == TaskPhase.Starting ? null : Begin.AddSeconds(ordinal),
        ExitedAt = phase == TaskPhase.Ended ? Begin.AddSeconds(ordinal).AddTicks(1) : null,
        ExitCode = phase == TaskPhase.Ended ? -1 : 0,
        Signal = phase == TaskPhase.Ended ? 9 : 0,
        Intentional = task % 2 == 0,
        StopSignal = 15,
        StopGrace = TimeSpan.FromSeconds(5),
        AskedGrace = phase == TaskPhase.Stopping ? TimeSpan.FromDays(30) : null,
        GraceEndsAt = phase == TaskPhase.Stopping ? Begin.AddDays(30) : null,
        StdoutPipe = 4_000_000_000 + task,
        StderrPipe = ordinal,
    };

    /// <summary>Adopted processes, in every phase they can be in and with what may be unset.</summary>
    public static AdoptedRecord Adopted(long number)
    {
        var phase = AdoptedPhases[number % AdoptedPhases.Length];
        var ended = phase == TaskPhase.Ended;
        return new AdoptedRecord
        {
            Number = number,
            TaskId = Id(number, 5),
            Process = new AdoptedProcess((int)number + 100, long.MaxValue - number, Id(7, 7), (int)number % 3 == 0 ? 0 : (int)number + 99),
            CommandLine = number % 5 == 0 ? "" : $"sleep {number} ü€😀",
            Name = number % 2 == 0 ? $"näme-{number}" : null,
            Tags = number % 3 == 0 ? [] : ["db", "b\"c"],
            Groups = number % 4 == 0 ? [] : ["prod"],
            AddedAt = Begin.AddTicks(number * 12_345_678),
            StartedAt = number % 6 == 0 ? null : Begin.AddTicks(number),
            Phase = phase,
            ExitedAt = ended ? Begin.AddDays(number) : null,
            ExitCode = ended && number % 8 != 0 ? (int)number % 3 - 1 : null,
            Signal = ended && number % 3 == 0 ? "SIGKILL" : null,
            WasStopped = ended && number % 2 == 0,
            GraceEndsAt = phase == TaskPhase.Stopping ? Begin.AddDays(number).AddTicks(1) : null,
        };
    }

    private static readonly TaskPhase[] AdoptedPhases = [TaskPhase.Ended, TaskPhase.Running, TaskPhase.Stopping, TaskPhase.Killing];

    public static RunId RunIdOf(long task, int ordinal) => new(Id(task, ordinal + 1000));

    private static Guid Id(long a, int b) => new(b, (short)(a >> 48), (short)(a >> 32), [.. BitConverter.GetBytes((int)a), 1, 2, 3, 4]);
}
