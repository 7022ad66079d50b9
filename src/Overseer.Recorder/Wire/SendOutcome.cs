namespace Overseer.Recorder.Wire;

/// <summary>What became of a send that does not block.</summary>
internal enum SendOutcome
{
    Done,
    Blocked,
    Closed,
}
