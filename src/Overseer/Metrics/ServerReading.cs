namespace Overseer.Metrics;

/// <summary>How it stands with the server's parts.</summary>
/// <param name="RecorderUp">Whether the recorder answers.</param>
/// <param name="RecorderPid">Its process; 0 while there is none.</param>
/// <param name="StoreFails">Whether the latest changes could not be stored.</param>
/// <param name="JournalBytes">Bytes of all journals, at the last look.</param>
/// <param name="Connections">Open connections.</param>
internal sealed record ServerReading(bool RecorderUp, int RecorderPid, bool StoreFails, long JournalBytes, int Connections);
