using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>Something the server must be told, in its turn. Its content is taken from the run or journal when it is sent.</summary>
internal readonly record struct Notice(MessageKind Kind, Run? Run = null, OpenJournal? Journal = null, SpawnFailure? Failure = null, byte Stream = 0, bool Ropes = false, Adoption? Adoption = null);
