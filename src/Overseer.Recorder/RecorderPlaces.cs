using Overseer.Recorder.Spawning;

namespace Overseer.Recorder;

/// <summary>Where a recorder is found and where it writes. Absolute paths.</summary>
/// <param name="SocketPath">Its socket, at most 107 bytes, in a directory that only this user may enter.</param>
/// <param name="LockPath">The file that the one recorder of this state directory has locked.</param>
/// <param name="LogPath">Its log: plain lines.</param>
/// <param name="JournalRoot">Directory of the journals.</param>
/// <param name="FlightPath">The flight page that it shares with the server; none when null: then no request may have a slot in it.</param>
public sealed record RecorderPlaces(string SocketPath, string LockPath, string LogPath, string JournalRoot, string? FlightPath = null)
{
    /// <summary>How a recorder that has to be launched starts programs; as the environment says when null.</summary>
    internal SpawnerChoice? Spawner { get; init; }
}
