using System.Text;
using BenchmarkDotNet.Attributes;
using Overseer.Core.Drivers;

namespace Overseer.Microbench;

/// <summary>What a condition costs for each line that somebody watches.</summary>
public class OutputFiltering
{
    private static readonly byte[] JsonLine = Encoding.UTF8.GetBytes("""{"ts":"2025-01-01T00:00:00Z","level":"info","msg":"request served","status":200}""");

    private readonly byte[] _line = SampleText.Line(LineContent.Ascii);
    private readonly OutputFilter _contains = OutputFilter.Create("output.data.contains(\"x\")", null)!;
    private readonly OutputFilter _containsNothing = OutputFilter.Create("output.data.contains(\"no such word\")", null)!;
    private readonly OutputFilter _stream = OutputFilter.Create(null, "output.stream == \"stderr\" && output.data.startsWith(\"E\")")!;
    private readonly OutputFilter _json = OutputFilter.Create("output.json.level == \"error\"", null)!;
    private readonly OutputFilter _pattern = OutputFilter.Create("output.data.matches(\"(?i)(warn|error)\")", null)!;

    /// <summary>A letter that is there.</summary>
    [Benchmark(Baseline = true)]
    public bool Contains() => _contains.Passes(false, _line);

    /// <summary>A word that is not there.</summary>
    [Benchmark]
    public bool ContainsNothing() => _containsNothing.Passes(false, _line);

    /// <summary>Two conditions.</summary>
    [Benchmark]
    public bool StreamAndStart() => _stream.Passes(true, _line);

    /// <summary>A member of a JSON object.</summary>
    [Benchmark]
    public bool JsonMember() => _json.Passes(false, JsonLine);

    /// <summary>The same for a line that is no JSON.</summary>
    [Benchmark]
    public bool JsonMemberOfText() => _json.Passes(false, _line);

    /// <summary>A pattern that is not there.</summary>
    [Benchmark]
    public bool Matches() => _pattern.Passes(false, _line);
}
