namespace Overseer.Drivers.Docker;

/// <summary>Pauses between attempts: each longer than the one before, up to a limit. Not thread-safe.</summary>
/// <param name="longest">The limit.</param>
/// <param name="clock">Time.</param>
internal sealed class Pause(TimeSpan longest, TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private TimeSpan _next = First;

    /// <summary>Waits.</summary>
    public Task WaitAsync(CancellationToken cancellation)
    {
        var now = _next;
        _next = _next * 2 < longest ? _next * 2 : longest;
        return Task.Delay(now, clock, cancellation);
    }

    /// <summary>It went well: the next pause is short again.</summary>
    public void Reset() => _next = First;
}
