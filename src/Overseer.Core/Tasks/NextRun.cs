using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>The run that a task waits for, in a queue or until its restart.</summary>
/// <param name="RunId">The run that will begin.</param>
/// <param name="Mask">Hides its secrets.</param>
/// <param name="Origin">Who was told that the task waits and will be told what becomes of it; <see langword="null"/> for nobody.</param>
/// <param name="Before">The task as it is again when nothing comes of it; <see langword="null"/> when it is known no more then.</param>
/// <param name="StandingBefore">Where it stands then.</param>
internal sealed record NextRun(RunId RunId, SecretMask Mask, RequestOrigin? Origin, TaskStatus? Before, TaskStanding StandingBefore);
