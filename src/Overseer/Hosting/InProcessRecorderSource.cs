using Overseer.Configuration;
using Overseer.Recorder.Flight;
using Overseer.Recorder.Wire;
using Overseer.Supervision;

namespace Overseer.Hosting;

/// <summary>A recorder on a thread of this process: for embedding and tests. It ends with the server.</summary>
internal sealed class InProcessRecorderSource(Places places, FlightPage flight) : IRecorderSource
{
    public bool CanReplace => false;

    public RecorderConnection Connect(IRecorderEvents events) => new(RecorderLink.StartInProcess(places.JournalDirectory, events, flight: flight), Launched: true, []);
}
