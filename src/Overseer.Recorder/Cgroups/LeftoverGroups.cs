namespace Overseer.Recorder.Cgroups;

/// <summary>What was found in the place of groups at the start.</summary>
/// <param name="Removed">How many groups were empty, and are gone.</param>
/// <param name="Kept">Groups of ended runs that somebody is still in.</param>
/// <param name="Killed">Groups of unknown runs that somebody was in, with who that was.</param>
/// <param name="Remaining">Numbers of processes of those groups that could not be killed.</param>
internal sealed record LeftoverGroups(int Removed, IReadOnlyList<RunCgroup> Kept, IReadOnlyList<(RunCgroup Group, IReadOnlyList<int> Pids)> Killed, IReadOnlyList<int> Remaining);
