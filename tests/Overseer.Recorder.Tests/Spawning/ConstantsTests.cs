using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Spawning;

/// <summary>Numbers and layouts of the kernel and the C library are what a C program says they are.</summary>
public sealed class ConstantsTests
{
    private static readonly (string C, long Ours)[] Values =
    [
        ("O_RDONLY", Libc.O_RDONLY), ("O_RDWR", Libc.O_RDWR), ("O_NONBLOCK", Libc.O_NONBLOCK), ("O_CLOEXEC", Libc.O_CLOEXEC),
        ("O_WRONLY|O_APPEND", 0x401), ("F_DUPFD_CLOEXEC", Libc.F_DUPFD_CLOEXEC), ("FIONREAD", (long)Libc.FIONREAD),
        ("AF_UNIX", Libc.AF_UNIX), ("SOCK_STREAM", Libc.SOCK_STREAM), ("SOCK_NONBLOCK", Libc.SOCK_NONBLOCK), ("SOCK_CLOEXEC", Libc.SOCK_CLOEXEC),
        ("SOL_SOCKET", Libc.SOL_SOCKET), ("SO_PEERCRED", Libc.SO_PEERCRED), ("SCM_RIGHTS", ControlHeader.ScmRights), ("SHUT_RDWR", Libc.SHUT_RDWR),
        ("MSG_DONTWAIT", Libc.MSG_DONTWAIT), ("MSG_NOSIGNAL", Libc.MSG_NOSIGNAL), ("MSG_CTRUNC", Libc.MSG_CTRUNC), ("MSG_CMSG_CLOEXEC", Libc.MSG_CMSG_CLOEXEC),
        ("CMSG_SPACE(253*4)", ControlHeader.SpaceFor(253)), ("CMSG_SPACE(3*4)", ControlHeader.SpaceFor(3)), ("sizeof(struct cmsghdr)", ControlHeader.Size),
        ("sizeof(struct msghdr)", Marshal.SizeOf<MessageHeader>()), ("offsetof(struct msghdr,msg_control)", Marshal.OffsetOf<MessageHeader>("Control")),
        ("offsetof(struct msghdr,msg_flags)", Marshal.OffsetOf<MessageHeader>("Flags")), ("sizeof(struct sockaddr_un)", UnixAddress.Size),
        ("O_WRONLY", Libc.O_WRONLY), ("F_SETFL", Libc.F_SETFL),
        ("EPOLL_CLOEXEC", Libc.EPOLL_CLOEXEC), ("EPOLL_CTL_ADD", Libc.EPOLL_CTL_ADD), ("EPOLL_CTL_DEL", Libc.EPOLL_CTL_DEL), ("EPOLL_CTL_MOD", Libc.EPOLL_CTL_MOD),
        ("EPOLLIN", EpollEvent.In), ("EPOLLOUT", EpollEvent.Out), ("EPOLLERR", EpollEvent.Error), ("EPOLLHUP", EpollEvent.HangUp),
        ("sizeof(struct epoll_event)", EpollEvent.Stride), ("offsetof(struct epoll_event,data)", EpollEvent.DataOffset), ("POLLIN", Libc.POLLIN),
        ("SYS_pidfd_open", 434), ("SYS_waitid", RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 247 : 95),
        ("P_ALL", Libc.P_ALL), ("P_PID", Libc.P_PID), ("P_PIDFD", Libc.P_PIDFD), ("AT_EMPTY_PATH", Libc.AT_EMPTY_PATH), ("STATX_INO", Libc.STATX_INO), ("STATX_NLINK", Libc.STATX_NLINK),
        ("STATX_SIZE", Libc.STATX_SIZE), ("offsetof(struct statx,stx_size)", Marshal.OffsetOf<FileStatus>("Size")), ("offsetof(struct statx,stx_ino)", Marshal.OffsetOf<FileStatus>("Inode")), ("offsetof(struct statx,stx_nlink)", Marshal.OffsetOf<FileStatus>("Links")), ("WNOHANG", Libc.WNOHANG), ("WEXITED", Libc.WEXITED), ("WNOWAIT", Libc.WNOWAIT), ("CLD_EXITED", SignalInfo.CldExited),
        ("sizeof(siginfo_t)", Marshal.SizeOf<SignalInfo>()), ("offsetof(siginfo_t,si_code)", Marshal.OffsetOf<SignalInfo>("Code")),
        ("offsetof(siginfo_t,si_pid)", Marshal.OffsetOf<SignalInfo>("Pid")), ("offsetof(siginfo_t,si_status)", Marshal.OffsetOf<SignalInfo>("Status")),
        ("sizeof(struct rusage)", Marshal.SizeOf<ResourceUsage>()), ("offsetof(struct rusage,ru_stime)", Marshal.OffsetOf<ResourceUsage>("SystemSeconds")),
        ("offsetof(struct rusage,ru_maxrss)", Marshal.OffsetOf<ResourceUsage>("MaxResidentKilobytes")),
        ("PR_SET_TIMERSLACK", Libc.PR_SET_TIMERSLACK), ("PR_SET_CHILD_SUBREAPER", Libc.PR_SET_CHILD_SUBREAPER), ("RLIMIT_NOFILE", Libc.RLIMIT_NOFILE),
        ("SIGCHLD", Libc.SIGCHLD), ("SIGKILL", Libc.SIGKILL), ("(long)SIG_DFL", Libc.SIG_DFL), ("(long)SIG_IGN", Libc.SIG_IGN),
        ("sizeof(struct sigaction)", Libc.SignalActionSize), ("sizeof(sigset_t)", Libc.SignalSetSize),
        ("CLOCK_REALTIME", Libc.CLOCK_REALTIME), ("CLOCK_MONOTONIC", Libc.CLOCK_MONOTONIC), ("F_OK", Libc.F_OK), ("X_OK", Libc.X_OK),
        ("sizeof(posix_spawnattr_t)", Libc.PosixSpawnAttributesSize), ("sizeof(posix_spawn_file_actions_t)", Libc.PosixSpawnActionsSize),
        ("POSIX_SPAWN_SETSIGDEF", Libc.POSIX_SPAWN_SETSIGDEF), ("POSIX_SPAWN_SETSIGMASK", Libc.POSIX_SPAWN_SETSIGMASK), ("POSIX_SPAWN_SETSID", Libc.POSIX_SPAWN_SETSID),
        ("EPERM", Errno.EPERM), ("ENOENT", Errno.ENOENT), ("EINTR", Errno.EINTR), ("EIO", Errno.EIO), ("E2BIG", Errno.E2BIG), ("ENOEXEC", Errno.ENOEXEC), ("EBADF", Errno.EBADF), ("EAGAIN", Errno.EAGAIN),
        ("ENOMEM", Errno.ENOMEM), ("EACCES", Errno.EACCES), ("EEXIST", Errno.EEXIST), ("ENOTDIR", Errno.ENOTDIR), ("EISDIR", Errno.EISDIR), ("EINVAL", Errno.EINVAL),
        ("ENFILE", Errno.ENFILE), ("EMFILE", Errno.EMFILE), ("ETXTBSY", Errno.ETXTBSY), ("ENOSPC", Errno.ENOSPC), ("EPIPE", Errno.EPIPE), ("ENAMETOOLONG", Errno.ENAMETOOLONG),
        ("ELOOP", Errno.ELOOP), ("ECONNRESET", Errno.ECONNRESET), ("ECONNREFUSED", Errno.ECONNREFUSED), ("ETOOMANYREFS", Errno.ETOOMANYREFS), ("EDQUOT", Errno.EDQUOT),
        ("PROT_READ", Libc.PROT_READ), ("PROT_WRITE", Libc.PROT_WRITE), ("PROT_EXEC", Libc.PROT_EXEC),
        ("MAP_SHARED", Libc.MAP_SHARED), ("MAP_PRIVATE", Libc.MAP_PRIVATE), ("MAP_ANONYMOUS", Libc.MAP_ANONYMOUS), ("(long)MAP_FAILED", Libc.MAP_FAILED),
        ("F_OFD_SETLK", Libc.F_OFD_SETLK), ("F_WRLCK", Libc.F_WRLCK), ("sizeof(struct flock)", Marshal.SizeOf<FileLock>()), ("offsetof(struct flock,l_start)", Marshal.OffsetOf<FileLock>("Start")),
        ("O_PATH", Libc.O_PATH), ("O_DIRECTORY", Libc.O_DIRECTORY), ("W_OK", Libc.W_OK), ("RLIMIT_NPROC", Libc.RLIMIT_NPROC), ("RLIMIT_AS", Libc.RLIMIT_AS),
        ("PR_GET_DUMPABLE", Libc.PR_GET_DUMPABLE), ("PR_SET_DUMPABLE", Libc.PR_SET_DUMPABLE), ("SIGPIPE", Libc.SIGPIPE), ("SIGSTOP", Libc.SIGSTOP), ("SIG_SETMASK", Libc.SIG_SETMASK),
        ("sizeof(struct clone_args)", Marshal.SizeOf<CloneArguments>()), ("offsetof(struct clone_args,cgroup)", Marshal.OffsetOf<CloneArguments>("Cgroup")),
        ("CLONE_VM", (long)CloneArguments.CLONE_VM), ("CLONE_PIDFD", (long)CloneArguments.CLONE_PIDFD), ("CLONE_VFORK", (long)CloneArguments.CLONE_VFORK),
        ("CLONE_PARENT_SETTID", (long)CloneArguments.CLONE_PARENT_SETTID), ("CLONE_CLEAR_SIGHAND", (long)CloneArguments.CLONE_CLEAR_SIGHAND),
        ("CLONE_INTO_CGROUP", (long)CloneArguments.CLONE_INTO_CGROUP), ("SYS_clone3", 435), ("SYS_close_range", CallNumber.CloseRange), ("SYS_close", CallNumber.Close),
        ("SYS_rt_sigaction", CallNumber.SignalAction), ("SYS_rt_sigprocmask", CallNumber.SignalMask), ("SYS_execve", CallNumber.Execute), ("SYS_chdir", CallNumber.ChangeDirectory),
        ("SYS_setsid", CallNumber.SetSession), ("SYS_setgroups", CallNumber.SetGroups), ("SYS_setresuid", CallNumber.SetUsers), ("SYS_setresgid", CallNumber.SetGroup),
        ("SYS_exit_group", CallNumber.ExitGroup), ("SYS_openat", CallNumber.OpenAt), ("SYS_dup3", CallNumber.Duplicate), ("SYS_prlimit64", CallNumber.ResourceLimit),
        ("STA_UNSYNC", Libc.STA_UNSYNC), ("sizeof(struct timex)", Marshal.SizeOf<TimeAdjustment>()), ("offsetof(struct timex,status)", Marshal.OffsetOf<TimeAdjustment>("Status")),
        ("offsetof(struct timex,maxerror)", Marshal.OffsetOf<TimeAdjustment>("MaxError")),
        ("32*sysconf(_SC_PAGESIZE)-1", 131_071),
        ("AF_NETLINK", SocketDiagnostics.AF_NETLINK), ("SOCK_RAW", SocketDiagnostics.SOCK_RAW), ("NETLINK_SOCK_DIAG", SocketDiagnostics.NETLINK_SOCK_DIAG),
        ("SOCK_DIAG_BY_FAMILY", SocketDiagnostics.SOCK_DIAG_BY_FAMILY), ("NLM_F_REQUEST", SocketDiagnostics.NLM_F_REQUEST), ("AF_INET", SocketDiagnostics.AF_INET), ("AF_INET6", SocketDiagnostics.AF_INET6),
        ("IPPROTO_TCP", SocketDiagnostics.IPPROTO_TCP), ("sizeof(struct nlmsghdr)", SocketDiagnostics.HeaderBytes), ("sizeof(struct inet_diag_req_v2)", SocketDiagnostics.RequestBytes),
        ("sizeof(struct inet_diag_msg)", SocketDiagnostics.AnswerBytes), ("offsetof(struct inet_diag_req_v2,id)", SocketDiagnostics.IdAt), ("offsetof(struct inet_diag_req_v2,id.idiag_dst)", SocketDiagnostics.DestinationAt),
        ("offsetof(struct inet_diag_req_v2,id.idiag_cookie)", SocketDiagnostics.CookieAt), ("offsetof(struct inet_diag_msg,idiag_state)", SocketDiagnostics.StateAt),
        ("offsetof(struct inet_diag_msg,idiag_uid)", SocketDiagnostics.UserAt), ("offsetof(struct inet_diag_msg,idiag_inode)", SocketDiagnostics.InodeAt),
        ("TCP_ESTABLISHED", 1), ("TCP_INFO", 11), ("offsetof(struct tcp_info,tcpi_state)", 0),
    ];

    [Fact]
    public void Constants_are_those_of_this_system()
    {
        string directory = Directory.CreateTempSubdirectory("ovr-c-").FullName;
        string source = Path.Combine(directory, "constants.c");
        string program = Path.Combine(directory, "constants");
        File.WriteAllLines(source,
        [
            "#define _GNU_SOURCE",
            "#include <linux/sched.h>",
            .. new[]
            {
                "stdio", "stddef", "errno", "fcntl", "poll", "signal", "spawn", "time", "unistd", "sys/epoll", "sys/ioctl", "sys/mman", "sys/prctl", "sys/resource",
                "sys/socket", "sys/stat", "sys/syscall", "sys/un", "sys/wait", "netinet/in", "netinet/tcp", "linux/netlink", "linux/inet_diag", "linux/sock_diag",
            }.Select(h => $"#include <{h}.h>"),
            "int main(void) {",
            .. Values.Select(v => $"printf(\"%ld\\n\", (long)({v.C}));"),
            "return 0; }",
        ]);
        Run("gcc", "-o", program, source);
        string[] theirs = Run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Directory.Delete(directory, recursive: true);
        Assert.Equal(Values.Select(v => $"{v.C} = {v.Ours}"), Values.Zip(theirs, (v, t) => $"{v.C} = {long.Parse(t, CultureInfo.InvariantCulture)}"));
    }

    private static string Run(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
