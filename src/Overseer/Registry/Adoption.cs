using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Processes;

namespace Overseer.Registry;

/// <summary>The first half of an adoption: looks at the process, and holds it until the engine has decided. Thread-safe.</summary>
internal sealed class Adoption(AdoptedProcesses processes, Guid bootId, TimeProvider clock)
{
    /// <summary>Looks at a process.</summary>
    /// <param name="pid">Its number, positive.</param>
    /// <param name="name">Its name.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="groups">Its groups.</param>
    /// <param name="startedAs">What it was started as, by one who has not waited for it yet: then it may be a zombie. Null or empty for the rest.</param>
    /// <param name="reason">Why it cannot be adopted, as the system says it: <c>no such process</c>.</param>
    /// <returns>What to ask the engine for, or null. Whoever asks says <see cref="Done"/> when it has answered.</returns>
    public AdoptRequest? Begin(int pid, string? name, IReadOnlyList<string> tags, IReadOnlyList<string> groups, string? startedAs, out string reason)
    {
        var isOwnChild = !string.IsNullOrEmpty(startedAs);
        var errno = ForeignProcess.Look(pid, orZombie: isOwnChild, out var found, out var handle);
        if (found is null)
        {
            reason = Errno.Text(errno);
            return null;
        }

        reason = "";
        var process = new AdoptedProcess(pid, found.Identity.StartTime, bootId, found.Group);
        if (handle is not null)
        {
            processes.Hold(process, handle);
        }

        return new AdoptRequest
        {
            Process = process,
            CommandLine = isOwnChild ? ForeignProcess.Shown(startedAs!) : found.CommandLine,
            StartedAt = found.StartedAt,
            Name = name,
            Tags = tags,
            Groups = groups,
            AddedAt = clock.GetUtcNow(),
        };
    }

    /// <summary>The engine has answered, whatever.</summary>
    public void Done(AdoptRequest request) => processes.Release(request.Process);
}
