// The framework's accept copies the name of who connects into a buffer as long as the listener's own name, and when it is longer, an exception on a thread of the
// pool ends the process: whoever binds his socket to a long name before he connects would end the server. Names of peers are of no use here, so they are not asked for.
// And since the framework has no other way to wait for a listening socket, a thread does.

using System.Net.Sockets;
using Overseer.Recorder.Interop;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Hosting.Listening;

/// <summary>Accepts over a UNIX socket.</summary>
internal sealed class UnixAcceptor : IAcceptor
{
    private readonly Socket _listening;
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly SemaphoreSlim _there = new(0);
    private readonly Thread _thread;
    private volatile bool _closed;

    /// <summary>Takes a listening socket over.</summary>
    public UnixAcceptor(Socket listening)
    {
        listening.Blocking = false;
        _listening = listening;
        _thread = new Thread(Watch) { IsBackground = true, Name = "overseer accept" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public async ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (TryAccept() is { } socket)
            {
                return socket;
            }

            _wanted.Release();
            await _there.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Socket? TryAccept()
    {
        while (true)
        {
            var (descriptor, errno) = Accept();
            switch (errno)
            {
                case 0:
                    return new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
                case Errno.EINTR:
                    continue;
                case Errno.EAGAIN:
                    return null;
                case Errno.EMFILE or Errno.ENFILE:
                    throw new SocketException((int)SocketError.TooManyOpenSockets, Errno.Describe(errno));
                default:
                    ObjectDisposedException.ThrowIf(_closed, this);
                    throw new SocketException((int)SocketError.SocketError, Errno.Describe(errno));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        // The thread wakes by the one or the other, wherever it waits, and so does who waits for it.
        _closed = true;
        _ = Libc.ShutdownSocket((int)_listening.Handle, Libc.SHUT_RDWR);
        _wanted.Release();
        _thread.Join();
        _there.Release();
        _listening.Dispose();
    }

    private (int Descriptor, int Errno) Accept()
    {
        var held = false;
        try
        {
            _listening.SafeHandle.DangerousAddRef(ref held);
            var descriptor = Libc.AcceptUnnamed((int)_listening.SafeHandle.DangerousGetHandle());
            return descriptor >= 0 ? (descriptor, 0) : (-1, System.Runtime.InteropServices.Marshal.GetLastPInvokeError());
        }
        finally
        {
            if (held)
            {
                _listening.SafeHandle.DangerousRelease();
            }
        }
    }

    private void Watch()
    {
        while (true)
        {
            _wanted.Wait();
            if (_closed)
            {
                return;
            }

            _ = _listening.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectRead);
            _there.Release();
        }
    }
}
