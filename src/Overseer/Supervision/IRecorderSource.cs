using Overseer.Recorder.Wire;

namespace Overseer.Supervision;

/// <summary>Where a recorder comes from: a process of its own, or this one.</summary>
internal interface IRecorderSource
{
    /// <summary>Whether another can be had when one is gone.</summary>
    bool CanReplace { get; }

    /// <summary>Connects, starting one if need be. Blocks.</summary>
    /// <exception cref="RecorderUnavailableException">There is none and none can be had, or it does not answer.</exception>
    RecorderConnection Connect(IRecorderEvents events);
}
