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
            requesters.Remove(connection.Number);
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
        if (connection.Requester is { } requester)
        {
            requesters.Add(connection.Number, requester);
        }

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
