namespace Overseer.Recorder.Spawning;

/// <summary>The descriptors that a child's standard streams are made from, and what else it needs before it runs its program; they stay the caller's.</summary>
/// <param name="Stdin">To be duplicated; -1 for <c>/dev/null</c>.</param>
/// <param name="Stdout">A pipe, either end, to be opened anew for reading and writing.</param>
/// <param name="Stderr">As <paramref name="Stdout"/>.</param>
/// <param name="Births">Where the child says that it is there (<see cref="Wire.BirthInbox"/>); -1 when nobody wants to know.</param>
internal readonly record struct SpawnStreams(int Stdin, int Stdout, int Stderr, int Births = -1);
