using Overseer.Recorder.Interop;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>
/// The connections of servers. One at most is listened to: the last one that said hello with an epoch no lower than any before. A server that takes over finds everything the one before it
/// asked for carried out, and hears of all runs whose results are not stored, or that something may still print for.
/// </summary>
internal sealed class ControlRoom(RecorderState state) : IDisposable
{
    private const int MaxVisitors = 8;

    private readonly List<ControlConnection> _visitors = [];

    /// <summary>The server's connection; null while there is no server.</summary>
    internal ControlConnection? Server { get; private set; }

    /// <summary>Whether a server has been here and has gone.</summary>
    internal bool ServerLeft { get; private set; }

    /// <summary>Takes the socket over.</summary>
    internal void Admit(int socket)
    {
        var connection = new ControlConnection(state, this, socket);
        if (_visitors.Count == MaxVisitors || state.Poller.Add(connection, EpollEvent.In) != 0)
        {
            state.Log("a connection is refused: too many that have not said hello");
            connection.Dispose();
            return;
        }
        _visitors.Add(connection);
    }

    internal HelloOutcome Welcome(ControlConnection connection, HelloMessage hello)
    {
        if (hello.Epoch < state.Epoch)
            return HelloOutcome.OlderEpoch;
        if (hello.Version != state.Options.WireVersion)
            return HelloOutcome.OtherVersion;
        Listen(connection, hello.Epoch);
        state.Outbox.Connected = true;
        foreach (var run in state.Runs.InOrder())
            state.Outbox.Report(run);
        foreach (var journal in state.Journals.All)
            state.Outbox.Add(new Notice(MessageKind.JournalAdvanced, Journal: journal));
        state.Outbox.Add(new Notice(MessageKind.HelloDone));
        state.Log($"server {hello.Pid} is here, epoch {hello.Epoch}; {state.Runs.Alive} runs live, {state.Runs.Count - state.Runs.Alive} results wait");
        return HelloOutcome.Accepted;
    }

    /// <summary>A server of another version takes all runs; when it has them, this recorder ends. Until then it goes on as ever, and it stays if that server goes away before.</summary>
    internal void Export(ControlConnection connection, long epoch)
    {
        Listen(connection, epoch);
        foreach (var run in state.Runs.InOrder())
            state.Outbox.Hand(run);
        foreach (var adoption in state.Adopter.Waiting)
            state.Outbox.Hand(adoption);
        state.Outbox.HandDone();
        state.Log($"a server of another version takes {state.Runs.Count} runs over, {state.Runs.Alive} of them live");
    }

    /// <summary>From now on this connection is the server's.</summary>
    private void Listen(ControlConnection connection, long epoch)
    {
        state.Epoch = epoch;
        if (Server is { } previous && !ReferenceEquals(previous, connection))
        {
            previous.ReadToEnd();
            if (ReferenceEquals(Server, previous))
                Lost(previous, "another server has taken over");
        }
        _visitors.Remove(connection);
        Server = connection;
        ServerLeft = false;
        state.ShutdownRequested = false;
        state.Outbox.Clear();
        state.Outbox.Connected = false;
    }

    /// <summary>The connection ended, or is not worth keeping.</summary>
    internal void Lost(ControlConnection connection, string reason)
    {
        if (ReferenceEquals(connection, Server))
        {
            Server = null;
            ServerLeft = true;
            state.Outbox.Clear();
            state.Outbox.Connected = false;
            state.Log($"the server is gone: {reason}; {state.Runs.Alive} runs live");
        }
        else if (_visitors.Remove(connection))
        {
            state.Log($"a connection is dropped: {reason}");
        }
        connection.Dispose();
    }

    /// <summary>Sends what the server has to be told.</summary>
    internal void Flush() => Server?.Flush();

    public void Dispose()
    {
        Server?.Dispose();
        foreach (var visitor in _visitors)
            visitor.Dispose();
        _visitors.Clear();
    }
}
