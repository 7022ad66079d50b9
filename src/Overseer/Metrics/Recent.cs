namespace Overseer.Metrics;

/// <summary>A value that several instruments show at one collection, and that is made once for them all. From any thread.</summary>
/// <typeparam name="T">What it is.</typeparam>
internal sealed class Recent<T>(Func<T> make, TimeProvider clock)
    where T : class
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMilliseconds(20);
    private readonly Lock _gate = new();
    private T? _value;
    private long _madeAt;

    /// <summary>The value, at most some milliseconds old.</summary>
    public T Value
    {
        get
        {
            lock (_gate)
            {
                if (_value is null || clock.GetElapsedTime(_madeAt) > Lifetime)
                {
                    _value = make();
                    _madeAt = clock.GetTimestamp();
                }

                return _value;
            }
        }
    }

    /// <summary>The next one is to be new.</summary>
    public void Renew()
    {
        lock (_gate)
        {
            _value = null;
        }
    }
}
