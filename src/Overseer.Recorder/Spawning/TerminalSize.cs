namespace Overseer.Recorder.Spawning;

/// <summary>The size of a terminal in characters.</summary>
public readonly record struct TerminalSize(ushort Columns, ushort Rows);
