namespace Overseer.Recorder.Wire;

/// <summary>What is to be said of the standard input of a run. The values are stable: they are part of a handover.</summary>
public enum InputState
{
    /// <summary>It is no pipe: the program reads the end of its input at once.</summary>
    None = 0,

    /// <summary>It is a pipe that can be written to.</summary>
    Open = 1,

    /// <summary>It was a pipe, and its end of input was asked for.</summary>
    Closed = 2,

    /// <summary>Server and recorder died together, and nobody was found who holds its writing end: it was no pipe, it was closed, or it ended with them.</summary>
    Unknown = 3,
}
