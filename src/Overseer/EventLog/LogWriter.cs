using Microsoft.Extensions.Logging;
using Overseer.Configuration;
using Overseer.Recorder.Processes;

namespace Overseer.EventLog;

/// <summary>Brings batches into the file, each once, whatever happens in between. See <see cref="LogIntent"/>. Belongs to the log's thread.</summary>
internal sealed class LogWriter(LogFile file, LogIntent intent, LogPlaces places, ILogger log) : IDisposable
{
    private bool _noted;
    private long _offset;

    /// <summary>Where it is written.</summary>
    public string Path => file.Path;

    /// <summary>
    /// What the last server did not bring to its end: lines that are missing in the file, and the places behind them. Null: nothing. With no lines, the places
    /// have been taken over.
    /// </summary>
    /// <exception cref="IOException">The files of the state directory cannot be used.</exception>
    public (ReadOnlyMemory<byte> Lines, IReadOnlyList<LogPlace> Places)? Recover()
    {
        if (places.IsNew || intent.Find(places.Batch + 1) is not { } note)
        {
            return null;
        }

        var missing = MissingOf(note);
        if (missing.IsEmpty)
        {
            Finish(note.Places, places.Heard);
        }

        return (missing, note.Places);
    }

    /// <summary>Writes a batch. If that fails it is to be tried again with the same one.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="heard">Every record of the spool before this was passed.</param>
    /// <returns>Why it is not written yet; null when it is.</returns>
    public string? TryWrite(LogBatch batch, long heard)
    {
        try
        {
            var lines = batch.Lines.WrittenMemory;
            var written = _noted ? file.Length - _offset : -1;
            if (written < 0 || written > lines.Length)
            {
                // Nothing of it is there; or somebody has cut the file, who wants to have room, not half of a batch.
                Note(batch, lines);
                written = 0;
            }

            if (written < lines.Length)
            {
                file.Append(lines.Span[(int)written..]);
            }

            Finish(batch.Tasks.Select(task => task.ToPlace()), heard);
            _noted = false;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Goes by other options from now on; <see cref="TryReopen"/> follows them.</summary>
    public void Use(EventLogOptions options) => file.Use(options);

    /// <summary>Goes on in the file that the path leads to now. False: it cannot be opened yet.</summary>
    /// <param name="pending">The batch that could not be written yet.</param>
    public bool TryReopen(LogBatch pending)
    {
        try
        {
            if (!file.IsMoved)
            {
                return true;
            }

            if (_noted)
            {
                var written = file.Length - _offset;
                if (written >= pending.Lines.WrittenCount)
                {
                    return false;
                }

                if (written > 0)
                {
                    file.Cut(_offset);
                }
            }

            file.Reopen();
            _noted = false;
            EventLogMessages.Reopened(log, file.Path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EventLogException)
        {
            EventLogMessages.NotReopened(log, file.Path, e.Message);
            return false;
        }
    }

    public void Dispose()
    {
        file.Dispose();
        intent.Dispose();
        places.Dispose();
    }

    private void Note(LogBatch batch, ReadOnlyMemory<byte> lines)
    {
        if (!_noted && file.RotateBefore(lines.Length) is { } reason)
        {
            EventLogMessages.NotRotated(log, file.Path, reason);
        }

        _noted = false;
        _offset = file.Length;
        intent.Note(new LogBatchNote(places.Batch + 1, file.Inode, _offset, [.. batch.Tasks.Select(task => task.ToPlace())], lines));
        _noted = true;
    }

    private void Finish(IEnumerable<LogPlace> reached, long heard)
    {
        foreach (var place in reached)
        {
            places.Put(place);
        }

        places.Finish(places.Batch + 1, heard);
    }

    private ReadOnlyMemory<byte> MissingOf(LogBatchNote note)
    {
        if (file.Inode == note.Inode)
        {
            return Rest(note, file.Length);
        }

        if (file.Find(note.Inode) is not { } former)
        {
            EventLogMessages.FormerGone(log, file.Path, note.Lines.Length);
            return note.Lines;
        }

        // It was moved away meanwhile: what is half there is completed there, so that no line is in two files.
        try
        {
            using var handle = LogFile.OpenFormer(former);
            var rest = Rest(note, RandomAccess.GetLength(handle));
            if (rest.Length == note.Lines.Length)
            {
                return rest;
            }

            try
            {
                RandomAccess.Write(handle, rest.Span, 0);
                return default;
            }
            catch (IOException)
            {
                RandomAccess.SetLength(handle, note.Offset);
                return note.Lines;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            EventLogMessages.FormerGone(log, file.Path, note.Lines.Length);
            return note.Lines;
        }
    }

    private static ReadOnlyMemory<byte> Rest(LogBatchNote note, long length)
    {
        var there = length - note.Offset;
        return there < 0 ? note.Lines : there >= note.Lines.Length ? default : note.Lines[(int)there..];
    }
}
