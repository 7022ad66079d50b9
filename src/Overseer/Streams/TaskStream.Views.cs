using Overseer.Recorder.Journal;
using Overseer.Streams.Forms;
using Overseer.Streams.SeqIndex;

namespace Overseer.Streams;

// The same task in other forms: streams with cursors and shared frames of their own, over the same journal, ledger and numbers. What happens to the task is told to the main
// one, which passes it on. Locks are taken in that order.
internal sealed partial class TaskStream
{
    private TaskStream[] _views = [];

    private TaskStream[] Views => Volatile.Read(ref _views);

    /// <summary>The stream of this task in a form; once made it stays as long as the task does.</summary>
    public TaskStream As(StreamForm wanted)
    {
        if (wanted == Form)
        {
            return this;
        }

        lock (_gate)
        {
            if (_views.FirstOrDefault(view => view.Form == wanted) is { } known)
            {
                return known;
            }

            // Who wants everything follows the main stream.
            var made = new TaskStream(TaskId, options with { Starts = false }, budget, _filters, _catchUps, this, wanted);
            made.Show(_directory, _end, _endUnknown, _numbering, Ledger, _isSession);
            made.Show(_liveRuns);
            Volatile.Write(ref _views, [.. _views, made]);
            return made;
        }
    }

    /// <summary>What writes its events.</summary>
    public FrameMaker Frames() => FrameMaker.Create(Form, TaskId, _isSession);

    private void ShowBinding_NeedsLock()
    {
        foreach (var view in _views)
        {
            view.Show(_directory, _end, _endUnknown, _numbering, Ledger, _isSession);
        }
    }

    private void ShowLiveRuns()
    {
        if (Views.Length == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var view in _views)
            {
                view.Show(_liveRuns);
            }
        }
    }

    private void StirAll()
    {
        Stir();
        foreach (var view in Views)
        {
            view.Stir();
        }
    }

    private void Stir()
    {
        lock (_gate)
        {
            if (!Stir_NeedsLock())
            {
                return;
            }
        }

        EncodeForParked();
    }

    // The main stream has another journal, or none.
    private void Show(string? directory, in JournalEnd end, bool endUnknown, SeqNumbering? numbering, RunLedger ledger, bool isSession)
    {
        lock (_gate)
        {
            (_directory, _end, _endUnknown, _numbering, Ledger, _isSession) = (directory, end, endUnknown, numbering, ledger, isSession);
            DropRing_NeedsLock();
            _cursors.LeaveBlocks();
            _cursors.Unplace();
        }
    }

    private void Show(HashSet<Guid>? liveRuns)
    {
        lock (_gate)
        {
            _liveRuns = liveRuns is { Count: > 0 } ? [.. liveRuns] : null;
        }
    }
}
