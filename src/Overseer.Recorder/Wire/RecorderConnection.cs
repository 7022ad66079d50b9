namespace Overseer.Recorder.Wire;

/// <summary>A link to a recorder, and how it came about.</summary>
/// <param name="Link">The link.</param>
/// <param name="Launched">Whether the recorder was started for it.</param>
/// <param name="TakenOver">
/// Runs of a recorder of another version that was replaced; the new one has been asked to adopt them and reports them like its own. The ropes in them are the receiver's, to keep or to dispose
/// of. Empty otherwise.
/// </param>
public sealed record RecorderConnection(RecorderLink Link, bool Launched, IReadOnlyList<RunHandover> TakenOver);
