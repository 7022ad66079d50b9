using Overseer.Recorder.Flight;
using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Loop;

/// <summary>How a recorder loop runs.</summary>
internal sealed record RecorderOptions
{
    /// <summary>Directory of all journals.</summary>
    internal required string JournalRoot { get; init; }

    /// <summary>
    /// Whether this process is the recorder and nothing else. Then it adopts and reaps orphans of its children and lowers its own descriptor limit for a spawn; in a host process it touches
    /// no child it did not start, and ends with the connection to its server.
    /// </summary>
    internal required bool OwnProcess { get; init; }

    /// <summary>Soft limit of open descriptors for children.</summary>
    internal required ulong ChildSoftNoFile { get; init; }

    /// <summary>The version this recorder claims to speak; another one is for tests.</summary>
    internal int WireVersion { get; init; } = Wire.WireVersion.Current;

    /// <summary>The page of starts under way; borrowed. Null: requests have no slot.</summary>
    internal FlightPage? Flight { get; init; }

    /// <summary>How programs are started.</summary>
    internal SpawnerChoice Spawner { get; init; }

    /// <summary>Takes one line for the log; called on the loop's thread, never on the way of a line.</summary>
    internal Action<string> Log { get; init; } = static _ => { };
}
