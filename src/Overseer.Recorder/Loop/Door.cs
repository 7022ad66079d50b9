using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Loop;

/// <summary>The listening socket. Only the user who runs the recorder comes in.</summary>
internal sealed class Door(RecorderState state, ControlRoom room, int socket) : EventSource, IDisposable
{
    internal override int Descriptor => socket;

    internal override unsafe void OnReady(uint events)
    {
        int accepted = Libc.Accept(socket, null, null, Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK);
        if (accepted < 0)
            return;
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
        _ = Libc.Close(socket);
    }
}
