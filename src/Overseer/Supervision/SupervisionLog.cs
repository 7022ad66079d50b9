using Microsoft.Extensions.Logging;

namespace Overseer.Supervision;

/// <summary>Events 2000 to 2099.</summary>
internal static partial class SupervisionLog
{
    [LoggerMessage(2000, LogLevel.Error, "An effect of the engine could not be performed: {Effect}")]
    public static partial void EffectFailed(ILogger log, string effect, Exception exception);

    [LoggerMessage(2099, LogLevel.Critical, "The engine failed on {Command}; the command is dropped. Please report this, and start the server anew: its tasks go on meanwhile")]
    public static partial void CommandFailed(ILogger log, string command, Exception exception);

    [LoggerMessage(2001, LogLevel.Debug, "Task {TaskId}: run {Run} started as pid {Pid}")]
    public static partial void Started(ILogger log, string taskId, Guid run, int pid);

    [LoggerMessage(2002, LogLevel.Debug, "Task {TaskId}: pid {Pid} exited with code {ExitCode} signal {Signal}, intentional {Intentional}")]
    public static partial void Exited(ILogger log, string taskId, int pid, int exitCode, string? signal, bool intentional);

    [LoggerMessage(2003, LogLevel.Warning, "Task {TaskId}: the stop could not reach every process; still there: {Pids}")]
    public static partial void LeftBehind(ILogger log, string taskId, string pids);

    [LoggerMessage(2004, LogLevel.Warning, "The recorder reports run {Run} (pid {Pid}), of which the state knows nothing; it is killed")]
    public static partial void UnknownRun(ILogger log, Guid run, int pid);

    [LoggerMessage(2005, LogLevel.Error, "The recorder is gone: {Reason}. Running tasks go on")]
    public static partial void RecorderGone(ILogger log, string reason);

    [LoggerMessage(2006, LogLevel.Warning, "The journal of a forgotten task could not be deleted: {Directory}")]
    public static partial void JournalKept(ILogger log, string directory, Exception exception);

    [LoggerMessage(2007, LogLevel.Warning, "Signalling the processes of task {TaskId} failed")]
    public static partial void SignalFailed(ILogger log, string taskId, Exception exception);

    [LoggerMessage(2008, LogLevel.Information, "The recorder is ready: pid {Pid}, launched {Launched}, {Runs} runs known to it")]
    public static partial void RecorderReady(ILogger log, int pid, bool launched, int runs);

    [LoggerMessage(2009, LogLevel.Warning, "{Runs} runs were handed over to the recorder {Pid}")]
    public static partial void HandedOver(ILogger log, int runs, int pid);

    [LoggerMessage(2010, LogLevel.Critical, "{Problem}")]
    public static partial void RecorderMissing(ILogger log, string problem);

    [LoggerMessage(2011, LogLevel.Information, "The recorder (pid {Pid}) answers again")]
    public static partial void RecorderAnswers(ILogger log, int pid);

    [LoggerMessage(2012, LogLevel.Critical, "The state cannot be stored: {Reason}. Running tasks go on and can be stopped; nothing can be started until it can")]
    public static partial void NotStored(ILogger log, string reason);

    [LoggerMessage(2013, LogLevel.Information, "The state is stored again")]
    public static partial void StoredAgain(ILogger log);

    [LoggerMessage(2014, LogLevel.Warning, "Run {Run} is put off: {Reason}. It is tried again; this is not repeated for others")]
    public static partial void LaunchPutOff(ILogger log, Guid run, string reason);

    [LoggerMessage(2050, LogLevel.Information, "Each run gets a control group in {Place}; limits by controllers: {Controllers}")]
    public static partial void GroupsUsed(ILogger log, string place, string controllers);

    [LoggerMessage(2051, LogLevel.Warning, "Runs get no control groups: {Reason}. A stop finds processes by their session, parents and environment alone")]
    public static partial void NoGroups(ILogger log, string reason);

    [LoggerMessage(2052, LogLevel.Warning, "No control group can be made for run {Run}: {Reason}. It is started without one; this is not repeated for others")]
    public static partial void GroupRefused(ILogger log, Guid run, string reason);

    [LoggerMessage(2053, LogLevel.Warning, "Processes of a run that nobody knows were killed with their control group {Group}: {Pids}")]
    public static partial void StrangersKilled(ILogger log, string group, string pids);

    [LoggerMessage(2054, LogLevel.Warning, "Processes of unknown runs could not be killed: {Pids}")]
    public static partial void StrangersLeft(ILogger log, string pids);

    [LoggerMessage(2055, LogLevel.Warning, "limits.processes does not bind tasks of root here: the kernel's limit is one of the user, and root has none. Run them as another user")]
    public static partial void ProcessLimitIdle(ILogger log);
}
