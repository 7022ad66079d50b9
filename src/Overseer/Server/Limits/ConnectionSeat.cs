namespace Overseer.Server.Limits;

/// <summary>A place among the counted; given back once, however often it is disposed of.</summary>
internal sealed class ConnectionSeat(Action leave) : IDisposable
{
    /// <summary>Under which a connection's items have its seat.</summary>
    public static readonly object Key = new();

    private Action? _leave = leave;

    /// <summary>What whoever sits here is told instead of being served; null when he is served.</summary>
    public string? Refusal { get; init; }

    /// <summary>A place for one that takes nobody's.</summary>
    public static ConnectionSeat Uncounted() => new(() => { });

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}
