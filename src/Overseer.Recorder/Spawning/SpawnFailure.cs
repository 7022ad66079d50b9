namespace Overseer.Recorder.Spawning;

/// <summary>Why a run could not be started.</summary>
/// <param name="RunId">The run that was asked for.</param>
/// <param name="Step">What failed.</param>
/// <param name="Errno">The kernel's error number, 0 when the request was refused before the kernel was asked.</param>
/// <param name="Path">The file or directory it is about; empty when it is about none.</param>
/// <param name="Message">A sentence for a user, such as <c>cannot execute /no/such: no such file or directory (ENOENT)</c>.</param>
public sealed record SpawnFailure(Guid RunId, SpawnStep Step, int Errno, string Path, string Message);
