using System.Diagnostics;

namespace Overseer.Chaos.Workers;

/// <summary>worker.c, compiled.</summary>
internal static class WorkerProgram
{
    /// <exception cref="InvalidOperationException">gcc says no.</exception>
    internal static void Compile(string program)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Workers", "worker.c");
        using var gcc = Process.Start(new ProcessStartInfo("gcc", ["-O2", "-o", program, source]) { RedirectStandardError = true, UseShellExecute = false })!;
        var errors = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();
        if (gcc.ExitCode != 0)
            throw new InvalidOperationException($"gcc cannot compile {source}: {errors}");
    }
}
