using Overseer.Server.Channels;
using Overseer.Supervision;

namespace Overseer.Server;

/// <summary>The connections that are served. Thread-safe.</summary>
internal sealed class OpenConnections(RequesterDirectory requesters)
{
    private readonly List<IServedConnection> _open = [];
    private readonly Lock _gate = new();
    private bool _closed;

    /// <summary>All of them now.</summary>
    public IReadOnlyList<IServedConnection> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _open];
            }
        }
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>
    /// A connection is about to be opened. What it is told meanwhile waits with it, within its bounds: so its client misses nothing that happens once it knows that it is connected.
    /// </summary>
    public void Expect(IServedConnection connection)
    {
        if (connection.Requester is { } requester)
        {
            requesters.Add(connection.Number, requester);
        }
    }

    /// <summary>Nothing came of an expected connection; of one that was served, nothing.</summary>
    public void Forget(IServedConnection connection) => requesters.Remove(connection.Number);

    /// <summary>Serves a connection until it has ended; one that comes when all were closed is told so at once.</summary>
    public async Task ServeAsync(IServedConnection connection)
    {
        Enter(connection);
        try
        {
            await connection.RunAsync();
        }
        finally
        {
            Forget(connection);
            lock (_gate)
            {
                _open.Remove(connection);
            }
        }
    }

    /// <summary>Ends all, now and later.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _open.ForEach(connection => connection.Close(ChannelEnd.ShuttingDown));
        }
    }

    private void Enter(IServedConnection connection)
    {
        Expect(connection);
        lock (_gate)
        {
            _open.Add(connection);
            if (_closed)
            {
                connection.Close(ChannelEnd.ShuttingDown);
            }
        }
    }
}
