using Overseer.Configuration;
using Overseer.Recorder;
using Overseer.Recorder.Wire;
using Overseer.Supervision;

namespace Overseer.Hosting;

/// <summary>The recorder of a state directory: a process that outlives the server.</summary>
/// <param name="places">Where it is.</param>
/// <param name="epoch">How often a server was started there. Whoever holds the directory's lock may go beyond what the recorder has heard so far.</param>
/// <param name="launch">Whether one is started when there is none; otherwise it is waited for, since somebody else starts it.</param>
internal sealed class RecorderProcessSource(Places places, long epoch, bool launch) : IRecorderSource
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly RecorderPlaces _places = new(places.RecorderSocket, places.RecorderLock, places.RecorderLog, places.JournalDirectory, places.FlightPage);
    private long _epoch = epoch;

    public bool CanReplace => true;

    public RecorderConnection Connect(IRecorderEvents events)
    {
        var (executable, prefix) = OwnProgram.Find();
        try
        {
            return RecorderLauncher.ConnectOrLaunch(_places, executable, prefix, events, _epoch, Timeout, launch);
        }
        catch (RecorderUnavailableException e) when (e.NewestEpoch is { } newest && newest >= _epoch)
        {
            // The database is younger than the recorder: it was put aside, or there is none.
            _epoch = newest + 1;
            return RecorderLauncher.ConnectOrLaunch(_places, executable, prefix, events, _epoch, Timeout, launch);
        }
    }
}
