using System.Diagnostics;
using System.Runtime.CompilerServices;
using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Tests.Spawning;

public sealed class CloneCodeTests
{
    [Fact]
    public void The_bytes_are_those_of_the_source()
    {
        string source = Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../src/Overseer.Recorder/Spawning/clone_x64.S");
        string directory = Directory.CreateTempSubdirectory("ovr-asm-").FullName;
        string built = Path.Combine(directory, "clone.o"), code = Path.Combine(directory, "clone.bin");
        // By name for x86-64, so that a machine of another kind says so instead of comparing something else.
        Run("gcc", "-m64", "-c", "-o", built, source);
        Run("objcopy", "-O", "binary", "-j", ".text", built, code);
        Assert.Equal(File.ReadAllBytes(code), CloneCode.X64.ToArray());
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void The_page_is_executable_and_not_writable()
    {
        CloneCode.TryLoad(out var code, out string reason);
        Assert.True(code is not null, reason);
        using (code)
            Assert.DoesNotContain(File.ReadAllLines("/proc/self/maps"), l => l.StartsWith($"{code!.Address:x}-", StringComparison.Ordinal) && !l.Contains(" r-xp ", StringComparison.Ordinal));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    private static void Run(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { UseShellExecute = false })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
