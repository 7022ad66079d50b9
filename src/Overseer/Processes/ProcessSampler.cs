using Overseer.Core.Tasks;

namespace Overseer.Processes;

/// <summary>
/// Looks at the processes of tasks when somebody asks, and never otherwise. Whoever asks soon after another gets the same look: one in 250 ms, and less often where a look takes long, so that
/// looking takes at most a tenth of a processor however many ask. Thread-safe.
/// </summary>
internal sealed class ProcessSampler(Func<IReadOnlyList<TaskStatus>> tasks, TimeProvider clock)
{
    private const int ShareOfTime = 10;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);
    private readonly Lock _gate = new();
    private ProcessLook? _latest;
    private long _takenAt;
    private TimeSpan _goodFor;

    /// <summary>A look that is at most some hundred milliseconds old.</summary>
    public ProcessLook Look()
    {
        lock (_gate)
        {
            if (_latest is null || clock.GetElapsedTime(_takenAt) >= _goodFor)
            {
                var begin = clock.GetTimestamp();
                _latest = ProcessLook.Take(tasks(), _latest);
                _takenAt = clock.GetTimestamp();
                var took = clock.GetElapsedTime(begin, _takenAt) * ShareOfTime;
                _goodFor = took > Shortest ? took : Shortest;
            }

            return _latest;
        }
    }
}
