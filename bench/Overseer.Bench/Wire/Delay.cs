using System.Buffers.Text;
using System.Diagnostics;

namespace Overseer.Bench;

/// <summary>A ticker's line: when it was written (monotonic clock), and how long it took to arrive, in milliseconds.</summary>
internal readonly record struct Delay(long Written, double Milliseconds)
{
    /// <summary>Lets the client note the delay of each output from now on.</summary>
    internal static List<Delay> Collect(WireClient client) => Collect(client, "\"data\":\"");

    /// <summary>The same, where the line stands behind another name.</summary>
    internal static List<Delay> Collect(WireClient client, string name)
    {
        var label = System.Text.Encoding.ASCII.GetBytes(name);
        var delays = new List<Delay>();
        client.Walker.OnOutput = output =>
        {
            var now = Stopwatch.GetTimestamp();
            if (Utf8Parser.TryParse(output[(output.IndexOf(label) + label.Length)..], out long written, out _))
                delays.Add(new Delay(written, Stopwatch.GetElapsedTime(written, now).TotalMilliseconds));
        };
        return delays;
    }
}
