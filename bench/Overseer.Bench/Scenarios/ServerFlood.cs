using System.Diagnostics;

namespace Overseer.Bench;

/// <summary>A task that prints as fast as it can, with a subscriber on a thread of its own.</summary>
internal sealed class ServerFlood : IDisposable
{
    private readonly Gate _gate;
    private readonly WireClient _client;
    private readonly Thread _reader;
    private long _begin, _end;

    internal ServerFlood(BenchContext context, ServerUnderTest server, EmitOrder order)
    {
        var task = "flood-" + Guid.NewGuid().ToString("N");
        _gate = new Gate(context.Directory);
        _client = WireClient.Connect(server.Address);
        _client.Send("start", "start", task, "emit", order.Parameters(context, _gate, ""));
        _client.Await("started");
        _gate.AwaitChild();
        _reader = new Thread(() =>
        {
            try
            {
                Listeners.Drain([_client], client => client.Exits > 0, TimeSpan.FromMinutes(5));
                if (_client.Walker.Outputs != order.Lines || _client.Walker.Holes != 0)
                    context.Fault($"latency: the flood brought {_client.Walker.Outputs} of {order.Lines} lines, {_client.Walker.Holes} holes");
            }
            catch (Exception exception)
            {
                context.Fault("latency: the flood's subscriber: " + exception.Message);
            }
            _end = Stopwatch.GetTimestamp();
        });
    }

    internal void Begin()
    {
        _reader.Start();
        _begin = Stopwatch.GetTimestamp();
        _gate.Open();
    }

    /// <summary>The delays of the lines that were written while the flood lasted.</summary>
    internal IEnumerable<Delay> During(IEnumerable<Delay> delays)
    {
        _reader.Join();
        return delays.Where(delay => delay.Written >= _begin && delay.Written <= _end);
    }

    public void Dispose()
    {
        _client.Dispose();
        _gate.Dispose();
    }
}
