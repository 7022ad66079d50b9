using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Bench;

/// <summary>Two pipes, posix_spawn of /bin/true, wait; so many in flight. Nothing is recorded, nobody is told.</summary>
internal static class BareSpawn
{
    /// <summary>Seconds, and CPU seconds of the loop.</summary>
    internal static (double Seconds, double Cpu) Run(int count, int inFlight)
    {
        var running = new Dictionary<int, (SafeFileHandle Output, SafeFileHandle Error)>(inFlight);
        var begin = Stopwatch.GetTimestamp();
        var cpu = Interop.ThreadCpuSeconds();
        for (int started = 0, ended = 0; ended < count;)
        {
            while (started < count && running.Count < inFlight)
            {
                var output = Interop.Pipe();
                var error = Interop.Pipe();
                using (output.Write)
                using (error.Write)
                {
                    var child = ChildProcess.Start(
                        "/bin/true", [], [], (int)output.Write.DangerousGetHandle(), (int)error.Write.DangerousGetHandle());
                    running.Add(child.Pid, (output.Read, error.Read));
                }
                started++;
            }
            if (running.Remove(Interop.WaitPid(-1, out _, 0), out var pipes))
            {
                pipes.Output.Dispose();
                pipes.Error.Dispose();
                ended++;
            }
        }
        return (Stopwatch.GetElapsedTime(begin).TotalSeconds, Interop.ThreadCpuSeconds() - cpu);
    }
}
