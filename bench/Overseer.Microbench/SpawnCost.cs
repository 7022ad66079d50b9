using System.Diagnostics;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Overseer.Recorder.Flight;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Microbench;

/// <summary>A start of /bin/true and the wait for its end, by spawner. How long the call itself holds the recorder up is printed at the end of each.</summary>
public unsafe class SpawnCost
{
    private readonly string _root = Directory.CreateTempSubdirectory("ovr-bench-").FullName;
    private readonly string _cgroup = (File.Exists("/sys/fs/cgroup/cgroup.procs") ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified") + $"/ovr-bench-{Environment.ProcessId}";
    private FlightPage? _flight;
    private ISpawner? _spawner;
    private SpawnFrame? _frame;
    private byte* _message;
    private SpawnStreams _streams;
    private Guid _run;
    private int _slot, _bytes;
    private readonly List<double> _calls = new(100_000);

    /// <summary>The spawner: posix or clone.</summary>
    [Params("posix", "clone")]
    public string Spawner { get; set; } = "";

    /// <summary>What the start asks for; the server always asks for a flight slot.</summary>
    [Params("nothing", "slot", "slot, cgroup, user, limits")]
    public string With { get; set; } = "";

    /// <summary>Makes the spawner and its request.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _flight = FlightPage.Open(Path.Combine(_root, "flight"));
        _run = Guid.NewGuid();
        if (!_flight.TryReserve(_run, out _slot))
            throw new InvalidOperationException("no slot");
        bool all = With.Contains("cgroup", StringComparison.Ordinal);
        Directory.CreateDirectory(_cgroup);
        var request = new SpawnRequest
        {
            RunId = _run,
            JournalId = Guid.NewGuid(),
            Run = 1,
            File = "/bin/true",
            Arguments = ["/bin/true"],
            WorkingDirectory = "/",
            Environment = [new("PATH", "/usr/bin:/bin"), new("LANG", "C")],
            FlightSlot = With == "nothing" ? -1 : _slot,
            Cgroup = all ? _cgroup : null,
            User = all ? new SpawnUser(65534, 65534) : null,
            Limits = all ? new SpawnLimits { OpenFiles = 512, Processes = 1000 } : null,
        };
        byte[] encoded = SpawnEncoder.Encode(request, 2);
        _message = (byte*)NativeMemory.Alloc((nuint)encoded.Length);
        encoded.CopyTo(new Span<byte>(_message, encoded.Length));
        _frame = new SpawnFrame();
        _bytes = encoded.Length - FrameHeader.Size;
        _frame.Read(_message + FrameHeader.Size, _bytes);
        int* ends = stackalloc int[2];
        _ = Libc.Pipe(ends, Libc.O_CLOEXEC);
        _streams = new SpawnStreams(-1, ends[0], ends[0]);
        ulong limit = NoFileLimit.BeforeTheRuntimeRaisedIt();
        _spawner = Spawner == "posix" ? new PosixSpawner(limit, ownProcess: true) : CloneSpawner.Try(limit, ownProcess: true, out _);
    }

    /// <summary>Says how much of it was the call, and cleans up.</summary>
    [GlobalCleanup]
    public void Report()
    {
        _calls.Sort();
        Console.WriteLine($"// the call itself, {Spawner} with {With}: least {_calls[0]:0}, p10 {_calls[_calls.Count / 10]:0}, p50 {_calls[_calls.Count / 2]:0} us of {_calls.Count}");
        _spawner!.Dispose();
        _frame!.Dispose();
        NativeMemory.Free(_message);
        _ = Libc.Close(_streams.Stdout);
        _flight!.Dispose();
        Directory.Delete(_root, recursive: true);
        Directory.Delete(_cgroup);
    }

    /// <summary>One start, one end.</summary>
    [Benchmark]
    public int StartAndEnd()
    {
        long began = Stopwatch.GetTimestamp();
        var result = _spawner!.Spawn(_frame!, in _streams, _flight);
        _calls.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        if (result.Errno != 0)
            throw new InvalidOperationException($"{result.Step}: {Errno.Describe(result.Errno)}");
        SignalInfo info;
        _ = Libc.WaitId(Libc.P_PID, result.Pid, &info, Libc.WEXITED, null);
        _ = Libc.Close(result.Pidfd);
        if (_frame!.Message.FlightSlot >= 0)
        {
            _flight!.Release(_slot);
            _ = _flight.TryReserve(_run, out int slot);
            if (slot != _slot)
                MoveTo(slot);
        }
        return info.Status;
    }

    /// <summary>Slots are handed out in turn; the request is changed where it lies.</summary>
    private void MoveTo(int slot)
    {
        _slot = slot;
        var message = (SpawnMessage*)(_message + FrameHeader.Size);
        message->FlightSlot = slot;
        _frame!.Read(_message + FrameHeader.Size, _bytes);
    }
}
