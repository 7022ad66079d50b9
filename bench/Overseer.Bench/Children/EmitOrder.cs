namespace Overseer.Bench;

/// <summary>What a line writer is to write: so many lines, bytes a line without its newline, bytes a write.</summary>
internal sealed record EmitOrder(long Lines, int WriteBytes = 64 * 1024, int LineBytes = 80)
{
    internal string[] Arguments(Gate gate, string report) =>
        ["emit", $"{Lines}", $"{LineBytes}", $"{WriteBytes}", gate.Path, report];

    /// <summary>The same for the action <c>emit</c> of bench.yaml.</summary>
    internal (string Name, string Value)[] Parameters(BenchContext context, Gate gate, string report) =>
        [("bench", context.Self), ("lines", $"{Lines}"), ("bytes", $"{LineBytes}"), ("write", $"{WriteBytes}"), ("gate", gate.Path), ("report", report)];
}
