using Overseer.Core.Tasks;
using Overseer.Recorder.Journal;
using Overseer.Streams;

namespace Overseer.Metrics;

/// <summary>Counts what the recorder says of the journals' growth. On the recorder link's thread; once for each announcement, not for each line.</summary>
internal sealed class OutputCounting(StreamRegistry streams, TaskEngine engine, CountsByAction counts, GapCounts gaps)
{
    /// <summary>That much came into a journal.</summary>
    public void Grew(Guid journal, JournalGrowth growth)
    {
        var action = streams.TaskOf(journal) is { } taskId ? engine.Find(taskId)?.Action : null;
        counts.Of(action).Grew(growth);
        gaps.Add(growth);
    }
}
