using System.Globalization;
using System.Text;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Tests.Wire;

namespace Overseer.Recorder.Tests.Takeover;

/// <summary>Programs that print numbered lines on both streams, and what their journals must then hold.</summary>
internal static class Printers
{
    /// <summary>Prints as fast as it may, but for the pauses: one of 5 ms after so many lines; 0 for none. Lines of 7 to some hundred bytes, the last one unfinished.</summary>
    internal static SpawnRequest Request(int lines, int pauseEvery, int exitCode, Guid journal, int run) =>
        RecorderUnderTest.Shell($$"""
            i=0; pad=
            while [ $i -lt {{lines}} ]; do
              i=$((i+1)); echo "out $i $pad"; echo "err $i" >&2
              case $i in *7) pad=$pad-----;; *90) pad=;; esac
              if [ {{pauseEvery}} -gt 0 ] && [ $((i%{{Math.Max(pauseEvery, 1)}})) = 0 ]; then sleep 0.005; fi
            done
            printf "out end"; printf "err end" >&2
            exit {{exitCode}}
            """) with
        {
            JournalId = journal,
            Run = run,
            Journal = new JournalOptions { SegmentBytes = 128 * 1024 },
        };

    /// <summary>What one stream of it is.</summary>
    internal static IEnumerable<string> Expected(int lines, OutputStream stream)
    {
        string pad = "";
        for (int i = 1; i <= lines; i++)
        {
            yield return stream == OutputStream.Stdout ? $"out {i} {pad}" : $"err {i}";
            if (i % 10 == 7)
                pad += "-----";
            else if (i % 100 == 90)
                pad = "";
        }
        yield return stream == OutputStream.Stdout ? "out end" : "err end";
    }

    /// <summary>Reads a whole journal and compares it with what its runs must have left in it.</summary>
    internal static void Check(string directory, IEnumerable<KeptRun> runs)
    {
        var seen = new Dictionary<int, List<string>[]>();
        var events = new List<string>();
        var end = JournalDirectory.FindEnd(directory);
        using var reader = JournalReader.Open(directory);
        long line = 0;
        while (reader.TryRead(in end, out var entry))
        {
            switch (entry.Kind)
            {
                case EntryKind.Line:
                    Assert.Equal(++line, entry.Line);
                    if (!seen.TryGetValue(entry.Run, out var streams))
                        seen[entry.Run] = streams = [[], []];
                    streams[entry.Stream == OutputStream.Stdout ? 0 : 1].Add(Encoding.UTF8.GetString(entry.Data));
                    break;
                case EntryKind.Started:
                    events.Add(string.Create(CultureInfo.InvariantCulture, $"started {entry.RunId:N}"));
                    break;
                case EntryKind.Exited:
                    events.Add(string.Create(CultureInfo.InvariantCulture, $"exited {entry.Exit!.RunId:N} {entry.Exit.ExitCode} {entry.Exit.Signal}"));
                    break;
                default:
                    events.Add($"gap {entry.GapReason} {entry.GapBytes}");
                    break;
            }
        }
        var wanted = new List<string>();
        foreach (var run in runs)
        {
            wanted.Add(string.Create(CultureInfo.InvariantCulture, $"started {run.Request.RunId:N}"));
            wanted.Add(string.Create(CultureInfo.InvariantCulture, $"exited {run.Request.RunId:N} {run.ExitCode} 0"));
            Assert.Equal(run.ExitCode, run.Exit!.ExitCode);
            Compare(Expected(run.Lines, OutputStream.Stdout), seen[run.Request.Run][0], directory);
            Compare(Expected(run.Lines, OutputStream.Stderr), seen[run.Request.Run][1], directory);
        }
        Assert.Equal(wanted, events);
    }

    private static void Compare(IEnumerable<string> expected, List<string> actual, string directory)
    {
        int i = 0;
        foreach (string line in expected)
        {
            if (i >= actual.Count || actual[i] != line)
                Assert.Fail($"{directory}: line {i} is '{(i < actual.Count ? actual[i] : "missing")}', not '{line}'");
            i++;
        }
        Assert.True(i == actual.Count, $"{directory}: {actual.Count} lines instead of {i}");
    }
}
