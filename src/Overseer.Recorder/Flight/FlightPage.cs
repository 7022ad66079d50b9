using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Takeover;

namespace Overseer.Recorder.Flight;

/// <summary>
/// The starts that are under way, in a file that server and recorder both map: a slot for each, with its run and, as soon as there is a process, its pid. The kernel itself writes the pid, before
/// the process executes anything. So whatever dies in between, a server that comes back knows of each request whether it has become a process: a pid means that it has (the process may have
/// failed to become the program; it then ended with 127), 0 means that it has not and will not, so that it may be sent again.
/// Safe for many threads; the server is the only one that reserves and releases.
/// </summary>
public sealed unsafe class FlightPage : IDisposable
{
    /// <summary>How many starts can be under way at once.</summary>
    public const int Slots = 8192;

    private const ulong Magic = 0x3146_5448_4C46_564F; // "OVFLHTF1"
    private const int Version = 1;
    private const int HeaderBytes = 4096;
    private const int TotalBytes = HeaderBytes + (Slots * 32);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, int> _slots = [];
    private readonly Queue<int> _free = new(Slots);
    private readonly FlightClaims _claims;
    private FlightSlot* _page;
    private nint _map;

    private FlightPage(nint map, string path)
    {
        _map = map;
        _page = (FlightSlot*)(map + HeaderBytes);
        _claims = new FlightClaims(path + ".d");
        for (int i = 0; i < Slots; i++)
        {
            // A run that is there twice was written by nobody: the first counts.
            if (_page[i].Run == Guid.Empty || !_slots.TryAdd(_page[i].Run, i))
                _free.Enqueue(i);
        }
    }

    /// <summary>Starts that hold a slot.</summary>
    public int Used
    {
        get
        {
            lock (_gate)
                return _slots.Count;
        }
    }

    internal FlightClaims Claims => _claims;

    /// <summary>Maps the file, which is created with mode 0600 when it is missing and begun anew, empty, when it is damaged or of another version.</summary>
    /// <param name="path">Its path, in a directory that only this user may enter.</param>
    /// <exception cref="IOException">It cannot be opened, or there is no room for it.</exception>
    public static FlightPage Open(string path)
    {
        using SafeFileHandle file = Libc.Open(path, Libc.OpenFlags.ReadWrite | Libc.OpenFlags.Create | Libc.OpenFlags.CloseOnExec, 0x180);
        if (file.IsInvalid)
            throw Failed(path, "open");
        // Held only for the look at the header: two that come at once shall not both begin it anew.
        while (Libc.Flock(file, Libc.LockExclusive) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw Failed(path, "lock");
        }
        if (!IsWhole(file))
            Begin(file, path);
        // The map keeps the file open, and with it the lock.
        _ = Libc.Flock(file, Libc.LockRelease);
        nint map = Libc.MemoryMap(0, TotalBytes, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, (int)file.DangerousGetHandle(), 0);
        // The mapping keeps the open file, and so the lock, when the descriptor is closed.
        _ = Libc.Flock(file, Libc.LockUnlock);
        return map == Libc.MAP_FAILED ? throw Failed(path, "map") : new FlightPage(map, path);
    }

    /// <summary>Takes a slot for a start that is to be sent, or finds the one that this run has. Server only.</summary>
    /// <param name="runId">The run; not empty.</param>
    /// <param name="slot">Goes into <see cref="Spawning.SpawnRequest.FlightSlot"/>.</param>
    /// <returns>False when all are taken.</returns>
    public bool TryReserve(Guid runId, out int slot)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(runId, Guid.Empty);
        lock (_gate)
        {
            var page = Page();
            if (_slots.TryGetValue(runId, out slot))
                return true;
            if (!_free.TryDequeue(out slot))
            {
                slot = -1;
                return false;
            }
            // The pid first: a process that is killed in between leaves a slot of no known run, never a run with another's pid.
            Volatile.Write(ref page[slot].Pid, 0);
            page[slot].OutputPipe = page[slot].ErrorPipe = 0;
            page[slot].Run = runId;
            _slots.Add(runId, slot);
            return true;
        }
    }

    /// <summary>
    /// Notes the pipes of a start, before it is sent: when server and recorder die together before the start is stored, nobody else knows by which numbers they are found again. Server only.
    /// </summary>
    public void NotePipes(int slot, PipeInodes pipes)
    {
        lock (_gate)
        {
            var at = At(slot);
            at->OutputPipe = Number(pipes.StandardOutput);
            at->ErrorPipe = Number(pipes.StandardError);
        }

        static uint Number(long inode) => inode is > 0 and <= uint.MaxValue ? (uint)inode : 0;
    }

    /// <summary>The pipes of a start, as far as they are known.</summary>
    public PipeInodes PipesOf(Guid runId)
    {
        lock (_gate)
        {
            if (!_slots.TryGetValue(runId, out int slot))
                return default;
            var at = At(slot);
            return new PipeInodes(at->OutputPipe, at->ErrorPipe);
        }
    }

    /// <summary>
    /// The pid of the start in that slot; 0: the child never came to be. To be asked when the recorder that was to start it has ended: a 0 is final, whatever that recorder has left behind.
    /// </summary>
    public int PidAt(int slot)
    {
        lock (_gate)
            return PidAtNeedsLock(slot);
    }

    /// <summary>Looks for the slot of a run; as <see cref="PidAt"/>, for when the recorder has ended.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="slot">Its slot; -1 when it has none.</param>
    /// <param name="pid">As <see cref="PidAt"/> says.</param>
    public bool TryFind(Guid runId, out int slot, out int pid)
    {
        lock (_gate)
        {
            bool found = _slots.TryGetValue(runId, out slot);
            if (!found)
                slot = -1;
            pid = found ? PidAtNeedsLock(slot) : 0;
            return found;
        }
    }

    /// <summary>The start is stored: its slot is free again. Nothing happens when it is free already. Server only.</summary>
    public void Release(int slot)
    {
        lock (_gate)
            ReleaseNeedsLock(slot);
    }

    /// <summary>Frees all slots but those of these runs. Server only, at its start.</summary>
    public void ReleaseAllBut(IReadOnlySet<Guid> runs)
    {
        lock (_gate)
        {
            foreach (var (run, slot) in _slots.ToArray())
            {
                if (!runs.Contains(run))
                    ReleaseNeedsLock(slot);
            }
            _claims.RemoveAllBut(runs);
        }
    }

    /// <summary>Unmaps the file, which stays.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_page == null)
                return;
            _ = Libc.MemoryUnmap(_map, TotalBytes);
            _page = null;
            _map = 0;
        }
    }

    /// <summary>Where the pid of that slot is to be written. Valid until this is disposed of.</summary>
    internal int* PidAddress(int slot) => &At(slot)->Pid;

    /// <summary>Whose slot it is now.</summary>
    internal Guid RunAt(int slot) => At(slot)->Run;

    private FlightSlot* Page()
    {
        ObjectDisposedException.ThrowIf(_page == null, this);
        return _page;
    }

    private FlightSlot* At(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, Slots);
        return Page() + slot;
    }

    private int PidAtNeedsLock(int slot)
    {
        var at = At(slot);
        int pid = Volatile.Read(ref at->Pid);
        return pid != 0 || at->Run == Guid.Empty ? pid : _claims.Settle(at->Run);
    }

    private void ReleaseNeedsLock(int slot)
    {
        var at = At(slot);
        var run = at->Run;
        if (run == Guid.Empty)
            return;
        _claims.Remove(run);
        at->Run = Guid.Empty;
        Volatile.Write(ref at->Pid, 0);
        if (_slots.Remove(run))
            _free.Enqueue(slot);
    }

    private static bool IsWhole(SafeFileHandle file)
    {
        Span<byte> header = stackalloc byte[16];
        return RandomAccess.GetLength(file) == TotalBytes
            && RandomAccess.Read(file, header, 0) == header.Length
            && MemoryMarshal.Read<ulong>(header) == Magic
            && MemoryMarshal.Read<int>(header[8..]) == Version
            && MemoryMarshal.Read<int>(header[12..]) == Slots;
    }

    /// <summary>
    /// In place, so that a recorder that has it mapped sees the same page. All of it is written, not only made long: the kernel does not report a pid that it could not write because
    /// there is no room for the page. The header comes last.
    /// </summary>
    private static void Begin(SafeFileHandle file, string path)
    {
        byte[] content = new byte[TotalBytes];
        try
        {
            RandomAccess.Write(file, content, 0);
            RandomAccess.SetLength(file, TotalBytes);
            MemoryMarshal.Write(content, Magic);
            MemoryMarshal.Write(content.AsSpan(8), Version);
            MemoryMarshal.Write(content.AsSpan(12), Slots);
            RandomAccess.Write(file, content.AsSpan(0, 16), 0);
        }
        catch (IOException e)
        {
            throw new IOException($"cannot write {path}: {e.Message}", e);
        }
    }

    private static IOException Failed(string path, string what) => new($"cannot {what} {path}: {Errno.Describe(Marshal.GetLastPInvokeError())}");
}
