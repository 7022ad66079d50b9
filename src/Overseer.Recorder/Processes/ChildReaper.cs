namespace Overseer.Recorder.Processes;

/// <summary>
/// Makes this process inherit what its descendants leave behind (a recorder that died leaves its runs), and waits for those that end. Each is looked at first and reaped by its number; nobody else's
/// children are waited for when their owner has said so (<see cref="Leave"/>). Thread-safe.
/// </summary>
public sealed class ChildReaper
{
    /// <summary>From now on orphans among the descendants of this process become its children (prctl(2), PR_SET_CHILD_SUBREAPER).</summary>
    public ChildReaper() => throw new NotImplementedException();

    /// <summary>Somebody else in this process waits for that child.</summary>
    public void Leave(int pid) => throw new NotImplementedException();

    /// <summary>Nobody else waits for that number any more.</summary>
    public void Unleave(int pid) => throw new NotImplementedException();

    /// <summary>Waits for every child that has ended. Does not block. To be called on SIGCHLD and, since signals merge, every few seconds.</summary>
    /// <param name="reaped">Told of each; must not throw.</param>
    /// <returns>How many.</returns>
    public int Reap(Action<ReapedChild> reaped) => throw new NotImplementedException();
}
