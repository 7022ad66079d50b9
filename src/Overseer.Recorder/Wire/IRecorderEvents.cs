using System.Runtime.InteropServices;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Wire;

/// <summary>
/// What a recorder tells its server. Called on the link's one receiving thread, in order; must not block and must not throw. After a connection was made, all runs whose results are not
/// stored are reported first (<see cref="RunStarted"/>, <see cref="StreamClosed"/>, <see cref="RunExited"/>), then how far each open journal goes, then <see cref="HelloDone"/>.
/// </summary>
public interface IRecorderEvents
{
    /// <summary>Everything that was before this connection has been reported.</summary>
    void HelloDone();

    /// <summary>A program runs, or ran: also the answer to a request that had been carried out before, and to <see cref="RecorderLink.Adopt"/>.</summary>
    /// <param name="start">What is known of it. Its handles are the receiver's to dispose of.</param>
    void RunStarted(RunStart start);

    /// <summary>A program could not be started; nothing runs.</summary>
    void SpawnFailed(SpawnFailure failure);

    /// <summary>
    /// A run has become a process, which is about to execute its program. Always followed by <see cref="RunStarted"/> or <see cref="SpawnFailed"/>, unless the recorder dies: then this is all that is heard
    /// of it. Not told where programs are started with <c>posix_spawn</c>.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="pid">Its process id.</param>
    /// <param name="process">Its pidfd, the receiver's to dispose of.</param>
    void RunBorn(Guid runId, int pid, SafeHandle process) => process.Dispose();

    /// <summary>The journal may be read up to there. Only the newest end is told when the server is slow.</summary>
    void JournalAdvanced(Guid journalId, in JournalEnd end);

    /// <summary>
    /// That much has come into the journal since this was said last; comes directly before the <see cref="JournalAdvanced"/> or <see cref="RunExited"/> that says how far it goes. For metrics: what a
    /// recorder that died had not told is never told.
    /// </summary>
    void JournalGrew(Guid journalId, in JournalGrowth growth)
    {
    }

    /// <summary>A program has ended. All it had written by then lies before <paramref name="exitChunk"/>. Told again to a new server until the run is <see cref="RecorderLink.Stored"/>.</summary>
    /// <param name="exit">How it ended; code -1 with signal 0 when that could not be learnt.</param>
    /// <param name="journalId">Its journal.</param>
    /// <param name="exitChunk">Where the exit's record begins.</param>
    /// <param name="end">The journal's end after the record. Equal to the place of <paramref name="exitChunk"/> when there was no room for the record; it then follows later.</param>
    /// <param name="timeNs">When the exit was seen, Unix nanoseconds.</param>
    void RunExited(ExitRecord exit, Guid journalId, JournalPosition exitChunk, in JournalEnd end, long timeNs);

    /// <summary>Nobody can write to that stream of the run any more. Comes before or after the exit.</summary>
    void StreamClosed(Guid runId, OutputStream stream);

    /// <summary>The answer to <see cref="RecorderLink.Ping"/>: everything the recorder was told before has been carried out.</summary>
    void Pong();

    /// <summary>The recorder is gone, or the connection is. The last call; not made after <see cref="RecorderLink.Dispose"/>.</summary>
    void Disconnected(string reason);
}
