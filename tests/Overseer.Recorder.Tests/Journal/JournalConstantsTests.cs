using System.Diagnostics;
using System.Globalization;
using Overseer.Recorder.Interop;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Journal;

public sealed class JournalConstantsTests
{
    private static readonly (string Name, long Value)[] Ours =
    [
        ("O_RDONLY", (long)Libc.OpenFlags.ReadOnly), ("O_RDWR", (long)Libc.OpenFlags.ReadWrite), ("O_CREAT", (long)Libc.OpenFlags.Create),
        ("O_EXCL", (long)Libc.OpenFlags.Exclusive), ("O_CLOEXEC", (long)Libc.OpenFlags.CloseOnExec),
        ("SPLICE_F_MOVE", Libc.SpliceMove), ("SPLICE_F_NONBLOCK", Libc.SpliceNonBlock), ("LOCK_EX", Libc.LockExclusive), ("LOCK_NB", Libc.LockNonBlocking),
        ("FALLOC_FL_KEEP_SIZE", Libc.KeepSize), ("ENOENT", Libc.JournalErrno.NotFound), ("EINTR", Libc.JournalErrno.Interrupted),
        ("EAGAIN", Libc.JournalErrno.Again), ("EEXIST", Libc.JournalErrno.Exists), ("EFBIG", Libc.JournalErrno.TooLarge), ("ENOSPC", Libc.JournalErrno.NoSpace),
        ("EOPNOTSUPP", Libc.JournalErrno.NotSupported), ("EDQUOT", Libc.JournalErrno.Quota), ("sizeof(off_t)", sizeof(long)),
    ];

    [Fact]
    public void The_constants_of_the_journals_calls_are_this_systems()
    {
        using var place = new TempDirectory();
        var source = Path.Join(place.Path, "constants.c");
        var program = Path.Join(place.Path, "constants");
        File.WriteAllLines(source,
        [
            "#define _GNU_SOURCE",
            "#include <stdio.h>", "#include <fcntl.h>", "#include <errno.h>", "#include <sys/file.h>", "#include <linux/falloc.h>",
            "int main(void) {",
            .. Ours.Select(v => $"printf(\"%ld\\n\", (long)({v.Name}));"),
            "return 0; }",
        ]);
        Run("cc", "-o", program, source);
        var theirs = Run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(t => long.Parse(t, CultureInfo.InvariantCulture));
        Assert.Equal(Ours, Ours.Zip(theirs, (v, value) => (v.Name, value)));
    }

    private static string Run(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
