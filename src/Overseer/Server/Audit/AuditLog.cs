// Whoever audits must not wait: some do it on the engine's thread. So lines go through a bounded queue to one writer, and what finds no room there is counted. A
// log that cannot be written (nobody reads standard error, the disk is full) stops the writer, and nothing else.

using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Overseer.Server.Trust;

namespace Overseer.Server.Audit;

/// <summary>Who did what, and who was refused: to the server's log, and to a file of its own where one is configured. Thread-safe.</summary>
internal sealed class AuditLog : IAsyncDisposable
{
    /// <summary>The category in the server's log.</summary>
    public const string Category = "Overseer.Audit";

    private const int MostWaiting = 8192;
    private const int MaxBatchBytes = 64 * 1024;
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly JsonWriterOptions OneLine = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Channel<AuditRecord> _lines = Channel.CreateBounded<AuditRecord>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly ArrayBufferWriter<byte> _batch = new();
    private readonly RefusalMeter _meter;
    private readonly AuditFile? _file;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly ITimer _sweep;
    private readonly Task _writing;
    private long _lost;
    private long _missing;
    private int _inBatch;
    private volatile bool _reopen;

    /// <summary>Begins to write.</summary>
    /// <param name="file">The path of the file; null for none.</param>
    /// <param name="refusalsPerMinute">Refusals of one peer that have lines of their own.</param>
    /// <param name="log">The server's log, in <see cref="Category"/>.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public AuditLog(string? file, int refusalsPerMinute, ILogger log, TimeProvider clock)
    {
        _file = file is null ? null : AuditFile.Open(file);
        _meter = new RefusalMeter(refusalsPerMinute);
        _log = log;
        _clock = clock;
        _writing = Task.Run(WriteAsync);
        _sweep = clock.CreateTimer(_ => Sweep(everything: false), state: null, SweepInterval, SweepInterval);
    }

    /// <summary>Something was done.</summary>
    public void Done(Caller caller, long connection, in AuditedRequest request, string outcome) =>
        Add(new AuditRecord(_clock.GetUtcNow(), caller.Name, connection, request.What, request.Target, request.Detail, AuditText.Safe(outcome), AuditKind.Done));

    /// <summary>Something was refused; it has a line of its own unless too many have.</summary>
    public void Refused(Caller caller, long connection, in AuditedRequest request, string reason)
    {
        var now = _clock.GetUtcNow();
        if (_meter.Take(RefusalMeter.PeerOf(caller.Address, caller.Uid), now))
        {
            Add(new AuditRecord(now, caller.Name, connection, request.What, request.Target, request.Detail, AuditText.Safe(reason), AuditKind.Refused));
        }
    }

    /// <summary>Lets the log go on in the file that its path leads to now.</summary>
    public void Reopen() => _reopen = true;

    /// <summary>Writes what waits, within a bounded time.</summary>
    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        Sweep(everything: true);
        _lines.Writer.TryComplete();
        try
        {
            await _writing.WaitAsync(Patience);
            _file?.Dispose();
        }
        catch (TimeoutException)
        {
            // Whoever reads the log has stopped; the file stays open, for the writer may be at it.
        }
    }

    private void Add(AuditRecord record)
    {
        if (!_lines.Writer.TryWrite(record))
        {
            Interlocked.Increment(ref _lost);
        }
    }

    private void Sweep(bool everything)
    {
        var now = _clock.GetUtcNow();
        foreach (var (peer, more) in _meter.Sweep(now, everything))
        {
            Add(new AuditRecord(now, peer, 0, "refusals", "", "", string.Create(CultureInfo.InvariantCulture, $"{more} more refused within a minute"), AuditKind.RefusedMore));
        }
    }

    private async Task WriteAsync()
    {
        var reader = _lines.Reader;
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out var record))
            {
                Log(record);
                if (_file is not null)
                {
                    Append(record);
                }
            }

            Flush();
            if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost)
            {
                AuditMessages.Lost(_log, lost);
            }
        }
    }

    private void Log(AuditRecord record)
    {
        switch (record.Kind)
        {
            case AuditKind.Done:
                AuditMessages.Done(_log, record.Who, record.Connection, record.What, record.Target, record.Detail, record.Outcome);
                break;
            case AuditKind.Refused:
                AuditMessages.Refused(_log, record.Who, record.Connection, record.What, record.Target, record.Detail, record.Outcome);
                break;
            default:
                AuditMessages.RefusedMore(_log, record.Who, record.Outcome);
                break;
        }
    }

    private void Append(AuditRecord record)
    {
        using (var json = new Utf8JsonWriter(_batch, OneLine))
        {
            json.WriteStartObject();
            json.WriteString("ts", record.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("who", record.Who);
            json.WriteNumber("connection", record.Connection);
            json.WriteString("what", record.What);
            json.WriteString("target", record.Target);
            json.WriteString("detail", record.Detail);
            json.WriteBoolean("refused", record.Kind != AuditKind.Done);
            json.WriteString("outcome", record.Outcome);
            json.WriteEndObject();
        }

        _batch.Write("\n"u8);
        _inBatch++;
        if (_batch.WrittenCount >= MaxBatchBytes)
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (_file is null || _inBatch == 0)
        {
            return;
        }

        try
        {
            if (_reopen)
            {
                _reopen = false;
                _file.Reopen();
            }

            _file.Append(_batch.WrittenSpan);
            if (_missing > 0)
            {
                AuditMessages.FileWorks(_log, _file.Path, _missing);
                _missing = 0;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_missing == 0)
            {
                AuditMessages.FileFailed(_log, _file.Path, e.Message);
            }

            _missing += _inBatch;
        }

        _batch.ResetWrittenCount();
        _inBatch = 0;
    }
}
