using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Processes;

/// <summary>Asks a server again and again; when the connection is lost, the next look makes another.</summary>
internal sealed class ProcessLooks(OverseerEndpoint endpoint, OverseerClientOptions options) : IDisposable
{
    private ServerRequests? _server;

    /// <summary>What runs now.</summary>
    /// <exception cref="OverseerException">There is no answer this time.</exception>
    internal IReadOnlyList<ProcessInfo> Take()
    {
        _server ??= ServerRequests.Open(endpoint, options);
        try
        {
            return _server.Processes(new ProcessesMessage(""));
        }
        catch (OverseerException)
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _server?.Dispose();
        _server = null;
    }
}
