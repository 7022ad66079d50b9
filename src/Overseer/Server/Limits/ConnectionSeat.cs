namespace Overseer.Server.Limits;

/// <summary>A place among the counted; given back once, however often it is disposed of.</summary>
internal sealed class ConnectionSeat(Action leave) : IDisposable
{
    private Action? _leave = leave;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}
