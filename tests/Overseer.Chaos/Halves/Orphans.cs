namespace Overseer.Chaos.Halves;

/// <summary>
/// Inherits what server and recorder leave when they are killed, and waits for it, as the init of a real machine does: an exit code can be had from the kernel only when somebody has.
/// </summary>
internal sealed class Orphans : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private readonly Func<int> _leave;
    private readonly Timer _timer;
    private readonly Lock _gate = new();

    /// <param name="leave">The child that somebody else waits for.</param>
    internal Orphans(Func<int> leave)
    {
        _leave = leave;
        _ = Interop.ProcessControl(Interop.SetChildSubreaper, 1, 0, 0, 0);
        _timer = new Timer(_ => Reap(), null, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private unsafe void Reap()
    {
        if (!_gate.TryEnter())
            return;
        try
        {
            var info = stackalloc byte[Interop.SignalInfoSize];
            while (true)
            {
                ((int*)info)[4] = 0;
                if (Interop.WaitId(Interop.AnyChild, 0, info, Interop.NoHang | Interop.Exited | Interop.NoWait) != 0 || ((int*)info)[4] is not (var pid and not 0) || pid == _leave())
                    return;
                _ = Interop.WaitId(Interop.ChildByPid, pid, info, Interop.NoHang | Interop.Exited);
            }
        }
        finally
        {
            _gate.Exit();
        }
    }
}
