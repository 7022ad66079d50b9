using Overseer.Core.Drivers;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Streaming.Filtering;

/// <summary>Shows every line, but only once it may.</summary>
internal sealed class GateFilter : IOutputFilter, IDisposable
{
    private readonly ManualResetEventSlim _open = new();
    private readonly ManualResetEventSlim _asked = new();

    public ulong Fingerprint => 4711;

    /// <summary>Waits until somebody has asked.</summary>
    public void Asked() => Assert.True(_asked.Wait(WireClient.Deadline));

    /// <summary>Lets it answer.</summary>
    public void Open() => _open.Set();

    public bool Passes(bool stderr, ReadOnlyMemory<byte> line)
    {
        _asked.Set();
        return _open.Wait(WireClient.Deadline);
    }

    public void Dispose()
    {
        _open.Dispose();
        _asked.Dispose();
    }
}
