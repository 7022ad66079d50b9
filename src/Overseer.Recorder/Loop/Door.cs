using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Loop;

/// <summary>The listening socket. Only the user who runs the recorder comes in.</summary>
internal sealed class Door(RecorderState state, ControlRoom room, int socket) : EventSource, IDisposable
{
    /// <summary>Given up for a moment when there is no free number: a connection that cannot be accepted would be announced for ever.</summary>
    private int _spare = Libc.Duplicate(socket);

    internal override int Descriptor => socket;

    internal override unsafe void OnReady(uint events)
    {
        int accepted = Libc.Accept(socket, null, null, Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK);
        if (accepted < 0)
        {
            if (Marshal.GetLastPInvokeError() is Errno.EMFILE or Errno.ENFILE)
                TurnAway();
            return;
        }
        var (pid, user) = Libc.PeerUser(accepted);
        if (user != Libc.EffectiveUser())
        {
            state.Log($"process {pid} of user {user} is refused");
            _ = Libc.Close(accepted);
            return;
        }
        room.Admit(accepted);
    }

    public void Dispose()
    {
        state.Poller.Remove(this);
        if (_spare >= 0)
            _ = Libc.Close(_spare);
        _ = Libc.Close(socket);
    }

    private unsafe void TurnAway()
    {
        if (_spare >= 0)
            _ = Libc.Close(_spare);
        int accepted = Libc.Accept(socket, null, null, Libc.SOCK_CLOEXEC);
        if (accepted >= 0)
            _ = Libc.Close(accepted);
        _spare = Libc.Duplicate(socket);
        state.Log("a connection is refused: no descriptors left");
    }
}
