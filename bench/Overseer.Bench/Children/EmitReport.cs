using System.Diagnostics;

namespace Overseer.Bench;

/// <summary>When a line writer began and ended, on the machine's monotonic clock.</summary>
internal readonly record struct EmitReport(long First, long Last)
{
    internal TimeSpan Elapsed => Stopwatch.GetElapsedTime(First, Last);

    /// <summary>Appears at once and whole.</summary>
    internal static void Write(string path, long first, long last)
    {
        File.WriteAllText(path + ".new", $"{first} {last}");
        File.Move(path + ".new", path);
    }

    internal static EmitReport Await(string path, TimeSpan timeout)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!File.Exists(path))
        {
            if (Stopwatch.GetElapsedTime(begin) > timeout)
                throw new TimeoutException($"the line writer has not ended within {timeout.TotalSeconds} s");
            Thread.Sleep(1);
        }
        var times = File.ReadAllText(path).Split(' ');
        File.Delete(path);
        return new EmitReport(long.Parse(times[0]), long.Parse(times[1]));
    }
}
