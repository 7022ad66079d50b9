namespace Overseer.Recorder.Spawning;

/// <summary>What a spawner made of a request.</summary>
/// <param name="Pid">0 when it failed.</param>
/// <param name="Pidfd">The caller's to close; -1 when it failed.</param>
/// <param name="Errno">0 when the program runs.</param>
/// <param name="Step">The step that failed; <see cref="SpawnStep.None"/> when the spawner cannot tell. <see cref="SpawnStep.File"/> stands for the execution, whatever is wrong with it.</param>
/// <param name="What">For the message where the step is not enough; else null.</param>
internal readonly record struct SpawnResult(int Pid, int Pidfd, int Errno, SpawnStep Step, string? What)
{
    internal static SpawnResult Started(int pid, int pidfd) => new(pid, pidfd, 0, SpawnStep.None, null);

    internal static SpawnResult Failed(SpawnStep step, int errno, string? what = null) => new(0, -1, errno, step, what);
}
