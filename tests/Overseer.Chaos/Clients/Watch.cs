using System.Text;
using System.Text.Json;
using Overseer.Chaos.Checks;
using Overseer.Chaos.Workers;
using Overseer.Recorder.Journal;

namespace Overseer.Chaos.Clients;

/// <summary>
/// One client's subscription to one task, across all its connections. A resume goes to the place directly after a line, so exits that came between that line and the next
/// come again: they must be the same ones, once in each connection, and before any new line. Thread-safe.
/// </summary>
internal sealed class Watch(string token, LifeRegistry lives)
{
    private readonly TaskCheck _check = new(token, lives);
    private readonly Lock _gate = new();
    private readonly HashSet<int> _exitsHere = [];
    private readonly Dictionary<int, string> _exits = [];
    private readonly HashSet<int> _exitsSinceLine = [];
    private bool _lineHere;

    internal string Token => token;

    /// <summary>Where a new connection has to begin. Called when there is one.</summary>
    internal long Resume()
    {
        lock (_gate)
        {
            _exitsHere.Clear();
            _lineHere = false;
            return _check.NextSeq;
        }
    }

    /// <summary>The number that has to come next.</summary>
    internal long NextSeq
    {
        get
        {
            lock (_gate)
                return _check.NextSeq;
        }
    }

    /// <summary>How this life ended; null as long as that was not seen.</summary>
    internal RunEnd? EndOf(Life life)
    {
        lock (_gate)
            return _check.Find(life.Number)?.End;
    }

    /// <summary>Whether anything was seen of this life.</summary>
    internal bool HasSeen(Life life)
    {
        lock (_gate)
            return _check.Find(life.Number) is not null;
    }

    /// <summary>Bytes seen of each lane of this life.</summary>
    internal long[] BytesOf(Life life)
    {
        lock (_gate)
            return _check.Find(life.Number) is { } seen ? [.. seen.Lanes.Select(lane => lane.Bytes)] : new long[WorkerLines.Lanes];
    }

    /// <exception cref="CheckException">It is not what had to come.</exception>
    internal void OnOutput(JsonElement message)
    {
        var stream = message.GetProperty("stream").GetString() == "stdout" ? OutputStream.Stdout : OutputStream.Stderr;
        var data = Encoding.UTF8.GetBytes(message.GetProperty("data").GetString()!);
        var partial = message.TryGetProperty("partial", out var flag) && flag.GetBoolean();
        lock (_gate)
        {
            _check.OnLine(message.GetProperty("seq").GetInt64(), message.GetProperty("pid").GetInt32(), stream, data, partial);
            _lineHere = true;
            _exitsSinceLine.Clear();
        }
    }

    /// <exception cref="CheckException">It is not what had to come.</exception>
    internal void OnExited(JsonElement message)
    {
        var pid = message.GetProperty("pid").GetInt32();
        var text = message.GetRawText();
        lock (_gate)
        {
            if (!_exitsHere.Add(pid))
                throw new CheckException($"task {token}: an exit came twice over one connection: {text}");
            if (_exitsSinceLine.Contains(pid) && !_lineHere)
            {
                if (_exits[pid] != text)
                    throw new CheckException($"task {token}: an exit came again after a resume as {text}, and was {_exits[pid]}");
                return;
            }
            var signal = message.TryGetProperty("signal", out var name) ? name.GetString() : null;
            _check.OnExit(pid, message.GetProperty("exit_code").GetInt32(), signal, message.GetProperty("intentional").GetBoolean());
            _exits[pid] = text;
            _exitsSinceLine.Add(pid);
        }
    }
}
