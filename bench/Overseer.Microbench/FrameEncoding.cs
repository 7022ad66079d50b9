using BenchmarkDotNet.Attributes;
using Overseer.Protocols.V2;

namespace Overseer.Microbench;

/// <summary>One line of 80 bytes to one finished WebSocket frame.</summary>
public class FrameEncoding
{
    private readonly OutputFrameTemplate _template = new("build-4711", 12345, OutputStreamName.Stdout);
    private readonly TimestampText _time = TimestampText.FromUnixNanoseconds(1_700_000_000_123_456_789);
    private byte[] _frame = [], _line = [];
    private long _sequence = 1_000_000;

    /// <summary>What the line holds.</summary>
    [ParamsAllValues]
    public LineContent Content { get; set; }

    /// <summary>Makes the line.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _line = SampleText.Line(Content);
        _frame = new byte[_template.MaxFrameBytes(_line.Length)];
    }

    /// <summary>As for each line of a task that somebody watches.</summary>
    [Benchmark]
    public int Encode() => _template.Write(_frame, _line, _sequence++, _time, partial: false);

    /// <summary>As for each chunk.</summary>
    [Benchmark]
    public TimestampText Timestamp() => TimestampText.FromUnixNanoseconds(1_700_000_000_123_456_789 + _sequence++);
}
