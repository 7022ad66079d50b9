using System.Runtime.InteropServices;
using System.Text;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Spawning;

/// <summary>
/// Says which step of a spawn failed and why. <c>posix_spawn</c> returns one errno for all of them (ENOENT may be the directory, the program or its interpreter), and <c>execve</c> one for
/// all that may be wrong with a program, so what is not known is looked at again, in its order, after the failure. The file system may have changed in between: then the plain errno is reported
/// against the program.
/// </summary>
internal static unsafe class SpawnDiagnosis
{
    /// <summary>The kernel's limit for one argument or variable: 32 pages with the NUL.</summary>
    internal const int MaxArgumentBytes = 131_071;

    internal static SpawnFailure Explain(SpawnFrame frame, in SpawnResult result)
    {
        Guid runId = frame.Message.RunId;
        int errno = result.Errno;
        string file = SpawnFrame.Text(frame.File);
        string directory = SpawnFrame.Text(frame.WorkingDirectory);
        switch (result.Step)
        {
            case SpawnStep.Cgroup:
                string cgroup = SpawnFrame.Text(frame.Cgroup);
                return new SpawnFailure(runId, SpawnStep.Cgroup, errno, cgroup, $"cannot start {file}: the cgroup {cgroup} does not take it: {Errno.Describe(errno)}");
            case SpawnStep.User:
                return new SpawnFailure(runId, SpawnStep.User, errno, file, $"cannot start {file} as {User(frame)}: {Errno.Describe(errno)}");
            case SpawnStep.Limits:
                return new SpawnFailure(runId, SpawnStep.Limits, errno, file, $"cannot start {file}: the limit of {result.What} cannot be set: {Errno.Describe(errno)}");
            case SpawnStep.Unsupported:
                return new SpawnFailure(runId, SpawnStep.Unsupported, errno, file, $"cannot start {file}: {result.What}");
            case SpawnStep.WorkingDirectory:
                return NoDirectory(runId, directory, errno);
        }
        switch (errno)
        {
            case Errno.E2BIG:
                return TooLarge(frame, file);
            case Errno.EAGAIN or Errno.ENOMEM:
                return new SpawnFailure(runId, SpawnStep.Fork, errno, file, $"cannot start {file}: the system refused another process: {Errno.Describe(errno)}");
            case Errno.EMFILE or Errno.ENFILE:
                return new SpawnFailure(runId, SpawnStep.Pipes, errno, file, $"cannot start {file}: no descriptors left: {Errno.Describe(errno)}");
        }
        switch (result.Step)
        {
            case SpawnStep.Fork:
                return new SpawnFailure(runId, SpawnStep.Fork, errno, file, $"cannot start {file}: the system refused another process: {Errno.Describe(errno)}");
            case SpawnStep.Pipes:
                return new SpawnFailure(runId, SpawnStep.Pipes, errno, file, $"cannot start {file}: its standard streams cannot be opened: {Errno.Describe(errno)}");
            case SpawnStep.File:
                return Program(frame, file, errno);
            default:
                return Directory(runId, directory) ?? Program(frame, file, errno);
        }
    }

    /// <summary>What would go wrong with directory and program if they were started now; null when nothing is seen. For a start that cannot report it afterwards.</summary>
    internal static SpawnResult? Foresee(SpawnFrame frame)
    {
        string file = SpawnFrame.Text(frame.File);
        int errno = Check(SpawnFrame.Text(frame.WorkingDirectory) + "/.", Libc.X_OK);
        if (errno != 0)
            return SpawnResult.Failed(SpawnStep.WorkingDirectory, errno);
        errno = Check(file, Libc.X_OK);
        if (errno == 0 && System.IO.Directory.Exists(file))
            errno = Errno.EACCES;
        if (errno == 0 && ProgramInterpreter.Of(file) is { } interpreter)
            errno = Check(interpreter, Libc.X_OK);
        if (errno == 0 && !ProgramInterpreter.IsProgram(file))
            errno = Errno.ENOEXEC;
        return errno == 0 ? null : SpawnResult.Failed(SpawnStep.File, errno);
    }

    private static string User(SpawnFrame frame) => $"user {frame.Message.UserId}, group {frame.Message.GroupId}";

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
        return errno == 0 ? null : NoDirectory(runId, directory, errno);
    }

    private static SpawnFailure NoDirectory(Guid runId, string directory, int errno) =>
        new(runId, SpawnStep.WorkingDirectory, errno, directory, $"cannot start in the working directory {directory}: {Errno.Describe(errno)}");

    private static SpawnFailure Program(SpawnFrame frame, string file, int errno)
    {
        Guid runId = frame.Message.RunId;
        int there = Check(file, Libc.F_OK);
        if (there != 0)
            return new SpawnFailure(runId, SpawnStep.File, there, file, $"cannot execute {file}: {Errno.Describe(there)}");
        if (System.IO.Directory.Exists(file))
            return new SpawnFailure(runId, SpawnStep.Permission, Errno.EACCES, file, $"cannot execute {file}: it is a directory");
        int allowed = Check(file, Libc.X_OK);
        if (allowed != 0)
            return new SpawnFailure(runId, SpawnStep.Permission, allowed, file, $"cannot execute {file}: it is not executable for this user: {Errno.Describe(allowed)}");
        // What may be executed was looked at as this process's user, who may more.
        if (errno == Errno.EACCES && frame.Message.Flags.HasFlag(SpawnFlags.User))
            return new SpawnFailure(runId, SpawnStep.Permission, errno, file, $"cannot execute {file}, or its interpreter, as {User(frame)}: {Errno.Describe(errno)}");
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
