namespace Overseer.Recorder.Wire;

/// <summary>What a frame between server and recorder holds. <see cref="Hello"/>, <see cref="HelloAnswer"/>, <see cref="Export"/>, <see cref="Handover"/> and <see cref="ExportDone"/> never change; the rest goes with <see cref="WireVersion"/>.</summary>
internal enum MessageKind : ushort
{
    None = 0,

    // Server to recorder.
    Hello = 1,
    Spawn = 2,
    Stored = 3,
    CloseJournal = 4,
    Shutdown = 5,
    Refused = 6,
    Export = 7,
    Adopt = 8,
    Reaped = 9,
    Ping = 10,
    CloseInput = 11,
    Births = 12,

    // Recorder to server.
    HelloAnswer = 64,
    RunStarted = 65,
    SpawnFailed = 66,
    JournalAdvanced = 67,
    RunExited = 68,
    StreamClosed = 69,
    HelloDone = 70,
    Pong = 71,
    Handover = 72,
    ExportDone = 73,
}
