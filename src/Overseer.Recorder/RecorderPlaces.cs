namespace Overseer.Recorder;

/// <summary>Where a recorder is found and where it writes. Absolute paths.</summary>
/// <param name="SocketPath">Its socket, at most 107 bytes, in a directory that only this user may enter.</param>
/// <param name="LockPath">The file that the one recorder of this state directory has locked.</param>
/// <param name="LogPath">Its log: plain lines.</param>
/// <param name="JournalRoot">Directory of the journals.</param>
public sealed record RecorderPlaces(string SocketPath, string LockPath, string LogPath, string JournalRoot);
