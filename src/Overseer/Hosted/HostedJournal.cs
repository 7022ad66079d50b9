using Overseer.Core.Drivers;
using Overseer.Core.Time;
using Overseer.Recorder.Journal;
using Overseer.Streams;

namespace Overseer.Hosted;

/// <summary>The journal of a task while the server itself writes it. Opened when there is something to write. Not thread-safe.</summary>
/// <param name="journal">Its id.</param>
/// <param name="run">The run that is written.</param>
/// <param name="ordinal">Its ordinal in the journal.</param>
/// <param name="mayBeThere">Whether an earlier server may have written some of the run already: then it is looked for.</param>
/// <param name="streams">Who reads it.</param>
/// <param name="options">How it is written.</param>
/// <param name="desk">Where.</param>
internal sealed class HostedJournal(Guid journal, Guid run, int ordinal, bool mayBeThere, StreamRegistry streams, JournalOptions options, JournalDesk desk) : IDisposable
{
    // Whoever wrote it before (the recorder, or retention) lets go within moments.
    private const int Patience = 300;

    private JournalWriter? _writer;
    private RunTrace? _trace;

    /// <summary>Pid that is noted with everything; 0 when there is none.</summary>
    public int Pid { get; set; }

    /// <summary>How far it has the run's output.</summary>
    public HostedPlace Last
    {
        get
        {
            if (!mayBeThere && _writer is null)
            {
                return new HostedPlace(DateTimeOffset.MinValue, 0);
            }

            lock (desk.Gate)
            {
                var (timeNs, chunks) = OutputTail.Find(streams.DirectoryOf(journal), Open(0).End, ordinal);
                return chunks == 0 ? new HostedPlace(DateTimeOffset.MinValue, 0) : new HostedPlace(UnixTime.FromNanoseconds(timeNs), chunks);
            }
        }
    }

    /// <summary>How a run ended, if that is the last thing its journal says: an earlier server wrote it down, and died before it was stored.</summary>
    /// <param name="directory">The journal's directory.</param>
    /// <param name="run">The run.</param>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public static (ExitRecord Exit, long TimeNs, JournalEnd End)? FindExit(string directory, Guid run)
    {
        var end = JournalDirectory.FindEnd(directory);
        using var reader = JournalReader.Open(directory);
        reader.Seek(Math.Max(1, end.NextLine - 1), end);
        while (reader.TryRead(end, out var entry))
        {
            if (entry.Exit is { } exit && exit.RunId == run)
            {
                return (exit, entry.TimeNs, end);
            }
        }

        return null;
    }

    /// <summary>Notes the start, unless it is there.</summary>
    public void Start(long processStartTime, DateTimeOffset at)
    {
        var timeNs = UnixTime.ToNanoseconds(at);
        lock (desk.Gate)
        {
            var writer = Open(timeNs);
            if (_trace is not { Started: true })
            {
                writer.AppendStarted(run, Pid, ordinal, processStartTime, timeNs);
                Announce(writer);
            }
        }
    }

    /// <summary>Adds output.</summary>
    /// <returns>The number of the next line.</returns>
    public long Write(OutputStream stream, ReadOnlySpan<byte> data, DateTimeOffset at)
    {
        var timeNs = UnixTime.ToNanoseconds(at);
        lock (desk.Gate)
        {
            var writer = Open(timeNs);
            writer.Append(stream, Pid, ordinal, timeNs, data);
            Announce(writer);
            return writer.End.NextLine;
        }
    }

    /// <summary>Notes the exit, unless there is one: then that one counts.</summary>
    /// <returns>The exit that the journal has, and its time.</returns>
    public (ExitRecord Exit, long TimeNs, JournalEnd End) Exit(int exitCode, int signal, DateTimeOffset at)
    {
        var timeNs = UnixTime.ToNanoseconds(at);
        lock (desk.Gate)
        {
            var writer = Open(timeNs);
            if (_trace is { Exit: { } known })
            {
                return (known, _trace.ExitedNs, writer.End);
            }

            var exit = new ExitRecord(run, Pid, ordinal, exitCode, signal, UserMicroseconds: 0, SystemMicroseconds: 0, MaxRssKilobytes: 0);
            writer.AppendExited(exit, timeNs);
            return (exit, timeNs, writer.End);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (desk.Gate)
        {
            _writer?.Dispose();
            _writer = null;
        }
    }

    private JournalWriter Open(long timeNs)
    {
        if (_writer is { } open)
        {
            return open;
        }

        var directory = streams.DirectoryOf(journal);
        var writer = JournalWriter.Open(directory, options, desk.Buffer, timeNs, Patience);
        try
        {
            if (mayBeThere)
            {
                _trace = RunSearch.Find(directory, writer.End, run, ordinal);
            }

            _writer = writer;
            Announce(writer);
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private void Announce(JournalWriter writer)
    {
        streams.Announce(journal, writer.End);
        streams.Grew?.Invoke(journal, writer.TakeGrowth());
    }
}
