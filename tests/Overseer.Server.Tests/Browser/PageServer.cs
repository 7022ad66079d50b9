using System.Net;
using System.Net.Sockets;
using System.Text;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Browser;

/// <summary>
/// Serves an empty page at every path, on a port of 127.0.0.1 that browsers reach by whatever name they are told to. Once it is rebound it passes everything on to
/// another server instead: what a name does that first points to a page's own server and then to ours.
/// </summary>
internal sealed class PageServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;
    private volatile IPEndPoint? _target;

    public PageServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The origin of its pages under a name.</summary>
    public string Origin(string host) => $"http://{host}:{Port}";

    /// <summary>From now on connections lead to another server.</summary>
    public void Rebind(IPEndPoint target) => _target = target;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_ending.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                if (_target is { } target)
                {
                    await ForwardAsync(stream, target);
                    return;
                }

                await AnswerAsync(stream);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The browser has left.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        while (await reader.ReadLineAsync(_ending.Token) is { Length: > 0 })
        {
            // Whatever it is, it gets the page.
        }

        const string Page = "<!doctype html><title>page</title>";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {Page.Length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{Page}"),
            _ending.Token);
    }

    private async Task ForwardAsync(NetworkStream stream, IPEndPoint target)
    {
        using var there = new TcpClient();
        await there.ConnectAsync(target, _ending.Token);
        var to = stream.CopyToAsync(there.GetStream(), _ending.Token);
        var back = there.GetStream().CopyToAsync(stream, _ending.Token);
        await (await Task.WhenAny(to, back)).WaitAsync(WireClient.Deadline);
    }
}
