using System.Text;
using System.Text.Json;
using Overseer.Chaos.Checks;
using Overseer.Chaos.Workers;
using Overseer.Recorder.Journal;

namespace Overseer.Chaos.Clients;

/// <summary>
/// One client's subscription to one task, across all its connections. A resume goes to the place directly after a line, so exits that came between that line and the next
/// come again: they must be the same ones, once in each connection, and before any new line. What a retry policy makes of an exit comes right behind it, to those who are connected when
/// the process exits. Thread-safe.
/// </summary>
internal sealed class Watch(string token, LifeRegistry lives)
{
    private readonly TaskCheck _check = new(token, lives);
    private readonly Lock _gate = new();
    private readonly HashSet<int> _exitsHere = [];
    private readonly Dictionary<int, string> _exits = [];
    private readonly HashSet<int> _exitsSinceLine = [];
    private readonly Dictionary<int, string> _verdicts = [];
    private bool _lineHere;
    private DateTimeOffset _connected;
    private int _lastExit;
    private int _toldLast;
    private int _owed;
    private bool _startedLate;

    internal string Token => token;

    /// <summary>Where a new connection has to begin. Called when there is one.</summary>
    internal long Resume()
    {
        lock (_gate)
        {
            _exitsHere.Clear();
            _lineHere = false;
            _connected = TimeProvider.System.GetUtcNow();
            (_toldLast, _owed) = (0, 0);
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
            return _check.Find(life)?.End;
    }

    /// <summary>Whether anything was seen of this life.</summary>
    internal bool HasSeen(Life life)
    {
        lock (_gate)
            return _check.Find(life) is not null;
    }

    /// <summary>Bytes seen of each lane of this life.</summary>
    internal long[] BytesOf(Life life)
    {
        lock (_gate)
            return _check.Find(life) is { } seen ? [.. seen.Lanes.Select(lane => lane.Bytes)] : new long[WorkerLines.Lanes];
    }

    /// <exception cref="CheckException">It is not what had to come.</exception>
    internal void OnOutput(JsonElement message)
    {
        var stream = message.GetProperty("stream").GetString() == "stdout" ? OutputStream.Stdout : OutputStream.Stderr;
        var data = Encoding.UTF8.GetBytes(message.GetProperty("data").GetString()!);
        var partial = message.TryGetProperty("partial", out var flag) && flag.GetBoolean();
        lock (_gate)
        {
            Follow_NeedsLock("a line");
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
            Follow_NeedsLock("another exit");
            if (!_exitsHere.Add(pid))
                throw new CheckException($"task {token}: an exit came twice over one connection: {text}");
            _toldLast = _lastExit = pid;
            if (_exitsSinceLine.Contains(pid) && !_lineHere)
            {
                if (_exits[pid] != text)
                    throw new CheckException($"task {token}: an exit came again after a resume as {text}, and was {_exits[pid]}");
                return;
            }
            var signal = message.TryGetProperty("signal", out var name) ? name.GetString() : null;
            var intentional = message.GetProperty("intentional").GetBoolean();
            _check.OnExit(pid, message.GetProperty("exit_code").GetInt32(), signal, intentional);
            _exits[pid] = text;
            _exitsSinceLine.Add(pid);
            if (!intentional && message.GetProperty("ts").GetDateTimeOffset() > _connected && _check.FindByPid(pid)?.Life.Plan.Retries is not null)
                _owed = pid;
        }
    }

    /// <summary>A process is to follow, or the task was given up.</summary>
    /// <exception cref="CheckException">It is not what had to come.</exception>
    internal void OnVerdict(JsonElement message)
    {
        var pid = message.GetProperty("pid").GetInt32();
        var text = message.GetRawText();
        lock (_gate)
        {
            if (_toldLast != pid)
                throw new CheckException($"task {token}: not right behind the exit of its process, but of {_toldLast}: {text}");
            (_toldLast, _owed) = (0, 0);
            if (_verdicts.TryGetValue(pid, out var before) && before != text)
                throw new CheckException($"task {token}: it came again as {text}, and was {before}");
            _verdicts[pid] = text;
            if (_check.FindByPid(pid)?.Life is not { Plan.Retries: { } retries } life)
                throw new CheckException($"task {token}: it has no policy: {text}");
            CheckCount(message, life, retries);
        }
    }

    /// <summary>A process was started that nobody asked for just now, or another client did.</summary>
    /// <exception cref="CheckException">It is not what had to come.</exception>
    internal void OnStarted(JsonElement message)
    {
        lock (_gate)
        {
            Follow_NeedsLock("a start");
            if (message.TryGetProperty("restart_of", out var former) && _lastExit != 0 && former.GetInt32() != _lastExit && !lives.MayEndUnnoted(token))
                throw new CheckException($"task {token}: the latest exit was of {_lastExit}: {message.GetRawText()}");
        }
    }

    /// <summary>A start that was queued has its late answer.</summary>
    /// <exception cref="CheckException">It had one.</exception>
    internal void OnStartedLate(JsonElement message)
    {
        lock (_gate)
        {
            if (_startedLate)
                throw new CheckException($"task {token}: a start was answered twice: {message.GetRawText()}");
            _startedLate = true;
        }
    }

    // Without a window, all exits since the start or the latest reset count, so the number is known.
    private static void CheckCount(JsonElement message, Life life, Retries retries)
    {
        var giveUp = message.GetProperty("type").GetString() == "errored";
        var count = message.GetProperty(giveUp ? "exit_count" : "attempt").GetInt32();
        var known = retries.Window == TimeSpan.Zero;
        var right = giveUp
            ? retries.Threshold > 0 && count == retries.Threshold && (!known || (life.Attempt + 1) % retries.Threshold == 0)
            : (retries.Threshold == 0 || count < retries.Threshold) && (!known || count == (retries.Threshold == 0 ? life.Attempt : life.Attempt % retries.Threshold) + 1);
        if (!right)
            throw new CheckException($"{life.Plan}: {message.GetRawText()}");
    }

    private void Follow_NeedsLock(string what)
    {
        _toldLast = 0;
        if (_owed != 0)
            throw new CheckException($"task {token}: {what} came right behind the exit of {_owed}, and nothing that its policy makes of it");
    }
}
