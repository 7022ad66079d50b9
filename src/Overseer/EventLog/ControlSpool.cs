// What the engine says and no journal knows (queued, dequeued, restarting, errored, and of which process a start is the restart), kept until it is in the log. In
// the state directory, so that the log may stand still for hours, and the server die meanwhile, without loss and without growing memory.
//
// What must hold:
//  - The events of a batch are written before the batch is stored, so that none is lost when the process dies in between. Whether the last batch was stored is found out from
//    the store by the next server (ControlEvidence); what was not, does not count, as the engine decides it again.
//  - They may be read once the batch was stored (Release), and before its effects are performed: so whoever finds a start or an exit in a stream finds it here too.
//  - Written by the engine's thread, with one write for each batch that tells of something; read by the log's.
//
// When it cannot be written (the state's disk is full), or holds more than its bound (the log has stood still for long), events are not kept: starts, output and exits
// come from the journals all the same, and what follows an exit from the streams.

using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.EventLog;

/// <summary>Writing belongs to the engine's thread, everything else is thread-safe.</summary>
internal sealed class ControlSpool : IDisposable
{
    private const string Pattern = "control-*";
    private const long SegmentBytes = 1 << 20;

    private readonly string _directory;
    private readonly long _most;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly List<long> _segments = [];
    private readonly ArrayBufferWriter<byte> _json = new(512);
    private readonly ArrayBufferWriter<byte> _records = new(4096);
    private SafeFileHandle _file;
    private long _end;
    private long _released;
    private long _batch;
    private bool _saidLost;

    private ControlSpool(string directory, long most, ILogger log)
    {
        _directory = directory;
        _most = most;
        _log = log;
        _segments.AddRange(Directory.EnumerateFiles(directory, Pattern).Select(Parse).Where(begin => begin >= 0).Order());
        if (_segments.Count == 0)
        {
            _segments.Add(0);
        }

        _file = Open(_segments[^1]);
        _end = _segments[^1] + RandomAccess.GetLength(_file);
    }

    /// <summary>Where the oldest record begins that is kept.</summary>
    public long Begin
    {
        get
        {
            lock (_gate)
            {
                return _segments[0];
            }
        }
    }

    /// <summary>How far it may be read.</summary>
    public long Released => Volatile.Read(ref _released);

    /// <summary>Opens the files of a directory; what was half written is cut off, what was never stored is marked.</summary>
    /// <param name="directory">The directory; it exists.</param>
    /// <param name="most">Bytes it may hold.</param>
    /// <param name="stored">Whether the last batch there is was stored.</param>
    /// <param name="log">For what goes wrong.</param>
    /// <exception cref="IOException">They cannot be read.</exception>
    public static ControlSpool Open(string directory, long most, Func<IReadOnlyList<ControlRecord>, bool> stored, ILogger log)
    {
        var spool = new ControlSpool(directory, most, log);
        try
        {
            spool.Take(stored);
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    /// <summary>Forgets everything that was kept.</summary>
    public static void Clear(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory, Pattern))
        {
            File.Delete(file);
        }
    }

    /// <summary>Keeps the events among the effects of a batch that is about to be stored.</summary>
    public void Append(IReadOnlyList<Effect> effects)
    {
        _records.ResetWrittenCount();
        foreach (var effect in effects)
        {
            if (effect is Effect.Publish publish)
            {
                Add(publish.Event);
                if (publish.Then is { } then)
                {
                    Add(then);
                }
            }
        }

        if (_records.WrittenCount == 0)
        {
            return;
        }

        if (_end - Begin + _records.WrittenCount > _most)
        {
            Lost($"it has {_end - Begin} bytes already");
            return;
        }

        try
        {
            RollWhenFull();
            RandomAccess.Write(_file, _records.WrittenSpan, _end - _segments[^1]);
            _end += _records.WrittenCount;
            _batch++;
            _saidLost = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Lost(e.Message);
        }
    }

    /// <summary>What was appended may be read. True: there is something new.</summary>
    public bool Release()
    {
        if (_released == _end)
        {
            return false;
        }

        Volatile.Write(ref _released, _end);
        return true;
    }

    /// <summary>The file that holds a place, where it begins and where the next one does; null when it is gone.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public (SafeFileHandle File, long Begin, long Next)? Find(long place)
    {
        lock (_gate)
        {
            var at = _segments.FindLastIndex(begin => begin <= place);
            return at < 0 ? null : (Open(_segments[at]), _segments[at], at + 1 < _segments.Count ? _segments[at + 1] : long.MaxValue);
        }
    }

    /// <summary>Nobody needs what is before this any more.</summary>
    public void DropBefore(long place)
    {
        while (true)
        {
            long first;
            lock (_gate)
            {
                if (_segments.Count < 2 || _segments[1] > place)
                {
                    return;
                }

                first = _segments[0];
                _segments.RemoveAt(0);
            }

            File.Delete(PathOf(first));
        }
    }

    public void Dispose() => _file.Dispose();

    private void Add(TaskEvent happened)
    {
        if (happened is TaskAdopted or AdoptedExited)
        {
            // The log is made of journals, and adopted processes have none.
            return;
        }

        _json.ResetWrittenCount();
        ServerMessageWriter.Write(_json, TaskMessages.ToMessage(happened));
        var record = new ControlRecord
        {
            Batch = _batch + 1,
            Mark = LogMark.Of(_json.WrittenSpan),
            Run = happened switch { TaskStarted started => started.RunId.Value, TaskExited exited => exited.RunId.Value, _ => Guid.Empty },
            TaskId = happened.TaskId,
            Json = _json.WrittenMemory,
        };
        _records.Advance(record.Write(_records.GetSpan(record.MaxBytes)));
    }

    private void RollWhenFull()
    {
        if (_end - _segments[^1] < SegmentBytes)
        {
            return;
        }

        var next = Open(_end);
        _file.Dispose();
        _file = next;
        lock (_gate)
        {
            _segments.Add(_end);
        }
    }

    private void Lost(string why)
    {
        if (!_saidLost)
        {
            _saidLost = true;
            EventLogMessages.NotKept(_log, _directory, why);
        }
    }

    // Finds the end and the last batch.
    private void Take(Func<IReadOnlyList<ControlRecord>, bool> stored)
    {
        Volatile.Write(ref _released, long.MaxValue);
        var last = new List<ControlRecord>();
        using (var reader = new ControlReader(this, _segments[0]))
        {
            while (reader.TryRead(out var record))
            {
                if (last.Count > 0 && last[0].Batch != record.Batch)
                {
                    last.Clear();
                }

                last.Add(record);
            }

            if (reader.Place < _segments[^1])
            {
                BeginAnew();
                return;
            }

            _end = reader.Place;
        }

        RandomAccess.SetLength(_file, _end - _segments[^1]);
        Volatile.Write(ref _released, _end);
        if (last.Count == 0)
        {
            return;
        }

        _batch = last[0].Batch;
        if (last[0].Counts && !stored(last))
        {
            foreach (var record in last)
            {
                RandomAccess.Write(_file, [1], record.Offset - _segments[^1] + ControlRecord.VoidAt);
            }
        }
    }

    // Damaged, as by a loss of power: nothing behind that can be trusted. Places only grow.
    private void BeginAnew()
    {
        Lost("what was kept is damaged");
        _saidLost = false;
        Clear(_directory);
        _file.Dispose();
        _file = Open(_end);
        lock (_gate)
        {
            _segments.Clear();
            _segments.Add(_end);
        }

        Volatile.Write(ref _released, _end);
    }

    private SafeFileHandle Open(long begin) => File.OpenHandle(PathOf(begin), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private string PathOf(long begin) => Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"control-{begin:D20}"));

    private static long Parse(string path) => long.TryParse(Path.GetFileName(path)["control-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var begin) ? begin : -1;
}
