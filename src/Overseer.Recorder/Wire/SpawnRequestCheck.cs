using System.Text;
using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Wire;

/// <summary>What can be said about a request before it is sent.</summary>
internal static class SpawnRequestCheck
{
    /// <summary>Null when there is nothing against it.</summary>
    internal static SpawnFailure? Refusal(SpawnRequest request)
    {
        if (!Path.IsPathRooted(request.File))
            return Failure(request, SpawnStep.File, $"cannot execute {request.File}: the path of the program is not absolute");
        if (!Path.IsPathRooted(request.WorkingDirectory))
            return Failure(request, SpawnStep.WorkingDirectory, $"cannot start in {request.WorkingDirectory}: the path of the working directory is not absolute");
        if (request.Arguments.Count == 0)
            return Failure(request, SpawnStep.Arguments, $"cannot execute {request.File}: the argument vector is empty, it begins with the program's name");
        if (request.File.Contains('\0') || request.WorkingDirectory.Contains('\0') || request.Cgroup?.Contains('\0') == true)
            return Failure(request, SpawnStep.Arguments, "cannot start the program: a path holds a NUL character");
        long total = 4096;
        for (int i = 0; i < request.Arguments.Count; i++)
        {
            if (request.Arguments[i].Contains('\0'))
                return Failure(request, SpawnStep.Arguments, $"cannot execute {request.File}: argument {i} holds a NUL character");
            int length = Encoding.UTF8.GetByteCount(request.Arguments[i]);
            if (length > SpawnDiagnosis.MaxArgumentBytes)
                return Failure(request, SpawnStep.Arguments, SpawnDiagnosis.TooLongArgument(request.File, i, length));
            total += length + 1;
        }
        return Variables(request, total);
    }

    private static SpawnFailure? Variables(SpawnRequest request, long total)
    {
        foreach (var (key, value) in request.Environment)
        {
            if (key.Length == 0 || key.Contains('=') || key.Contains('\0') || value.Contains('\0'))
                return Failure(request, SpawnStep.Arguments, $"cannot execute {request.File}: the variable '{key.Replace('\0', '?')}' has no name, or an = in its name, or holds a NUL character");
            int length = Encoding.UTF8.GetByteCount(key) + 1 + Encoding.UTF8.GetByteCount(value);
            if (length > SpawnDiagnosis.MaxArgumentBytes)
                return Failure(request, SpawnStep.Arguments, $"cannot execute {request.File}: the variable {key} has {length} bytes with its name; one has at most {SpawnDiagnosis.MaxArgumentBytes} (a limit of the kernel)");
            total += length + 1;
        }
        return total <= FrameHeader.MaxBodyBytes
            ? null
            : Failure(request, SpawnStep.Arguments, $"cannot execute {request.File}: arguments and environment together have {total} bytes, more than any kernel takes");
    }

    private static SpawnFailure Failure(SpawnRequest request, SpawnStep step, string message) =>
        new(request.RunId, step, 0, step == SpawnStep.WorkingDirectory ? request.WorkingDirectory : request.File, message);
}
