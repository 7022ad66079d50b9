using System.Runtime.InteropServices;
using System.Text;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Spawning;

/// <summary>
/// Finds out which step of a spawn failed. <c>posix_spawn</c> returns one errno for all of them (ENOENT may be the directory, the program or its interpreter), so the steps are
/// looked at again, in their order, after the failure. The file system may have changed in between: then the plain errno is reported against the program.
/// </summary>
internal static unsafe class SpawnDiagnosis
{
    /// <summary>The kernel's limit for one argument or variable: 32 pages with the NUL.</summary>
    internal const int MaxArgumentBytes = 131_071;

    internal static SpawnFailure Explain(SpawnFrame frame, int errno)
    {
        Guid runId = frame.Message.RunId;
        string file = SpawnFrame.Text(frame.File);
        string directory = SpawnFrame.Text(frame.WorkingDirectory);
        switch (errno)
        {
            case Errno.E2BIG:
                return TooLarge(frame, file);
            case Errno.EAGAIN or Errno.ENOMEM:
                return new SpawnFailure(runId, SpawnStep.Fork, errno, file, $"cannot start {file}: the system refused another process: {Errno.Describe(errno)}");
            case Errno.EMFILE or Errno.ENFILE:
                return new SpawnFailure(runId, SpawnStep.Pipes, errno, file, $"cannot start {file}: no descriptors left: {Errno.Describe(errno)}");
            default:
                return Directory(runId, directory) ?? Program(runId, file, errno);
        }
    }

    private static SpawnFailure TooLarge(SpawnFrame frame, string file)
    {
        Guid runId = frame.Message.RunId;
        for (int i = 0; frame.Arguments[i] != null; i++)
        {
            int length = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(frame.Arguments[i]).Length;
            if (length > MaxArgumentBytes)
                return new SpawnFailure(runId, SpawnStep.Arguments, Errno.E2BIG, file, TooLongArgument(file, i, length));
        }
        return new SpawnFailure(
            runId,
            SpawnStep.Arguments,
            Errno.E2BIG,
            file,
            $"cannot execute {file}: arguments and environment together have {frame.TotalBytes} bytes, more than the kernel takes (a quarter of the stack limit, at most 6 MiB): {Errno.Describe(Errno.E2BIG)}");
    }

    internal static string TooLongArgument(string file, int index, int length) =>
        $"cannot execute {file}: argument {index} has {length} bytes; one argument has at most {MaxArgumentBytes} (a limit of the kernel)";

    private static SpawnFailure? Directory(Guid runId, string directory)
    {
        int errno = Check(directory + "/.", Libc.X_OK);
        return errno == 0
            ? null
            : new SpawnFailure(runId, SpawnStep.WorkingDirectory, errno, directory, $"cannot start in the working directory {directory}: {Errno.Describe(errno)}");
    }

    private static SpawnFailure Program(Guid runId, string file, int errno)
    {
        int there = Check(file, Libc.F_OK);
        if (there != 0)
            return new SpawnFailure(runId, SpawnStep.File, there, file, $"cannot execute {file}: {Errno.Describe(there)}");
        if (System.IO.Directory.Exists(file))
            return new SpawnFailure(runId, SpawnStep.Permission, Errno.EACCES, file, $"cannot execute {file}: it is a directory");
        int allowed = Check(file, Libc.X_OK);
        if (allowed != 0)
            return new SpawnFailure(runId, SpawnStep.Permission, allowed, file, $"cannot execute {file}: it is not executable for this user: {Errno.Describe(allowed)}");
        if (errno is Errno.ENOENT or Errno.EACCES or Errno.ENOTDIR or Errno.ELOOP && ProgramInterpreter.Of(file) is { } interpreter)
        {
            return new SpawnFailure(
                runId,
                SpawnStep.Interpreter,
                errno,
                interpreter,
                $"cannot execute {file}: its interpreter {interpreter} cannot be executed: {Errno.Describe(errno)}");
        }
        if (errno == Errno.ENOEXEC)
            return new SpawnFailure(runId, SpawnStep.File, errno, file, $"cannot execute {file}: not a program of this machine, and no #! in its first line: {Errno.Describe(errno)}");
        var step = errno is Errno.EACCES or Errno.EPERM ? SpawnStep.Permission : SpawnStep.File;
        return new SpawnFailure(runId, step, errno, file, $"cannot execute {file}: {Errno.Describe(errno)}");
    }

    private static int Check(string path, int mode)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(path + '\0'))
            return Libc.Access(p, mode) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }
}
