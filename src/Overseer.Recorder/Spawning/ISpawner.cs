using Overseer.Recorder.Flight;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Spawning;

/// <summary>
/// Starts programs. What holds of all: a session of its own, default signals and none blocked, standard streams and nothing else open, the descriptor limit and timer slack that the
/// recorder changed for itself put back. One thread only.
/// </summary>
internal interface ISpawner : IDisposable
{
    /// <summary>For the log.</summary>
    string Name { get; }

    /// <summary>Parts of a request that it cannot fulfil.</summary>
    SpawnFlags Unable { get; }

    /// <summary>
    /// Starts the program of the frame. If the frame has a slot of the page, its pid is to be found there before the program runs, and 0 again when this fails.
    /// </summary>
    SpawnResult Spawn(SpawnFrame frame, in SpawnStreams streams, FlightPage? flight);
}
