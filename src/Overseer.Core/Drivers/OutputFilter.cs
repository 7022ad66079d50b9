using System.Text;
using Overseer.Core.Expressions.Cel;
using Overseer.Core.Expressions.Cel.Evaluation;

namespace Overseer.Core.Drivers;

/// <summary>
/// A filter made of CEL conditions over <c>output.stream</c>, <c>output.data</c> and <c>output.json</c>, one for each stream. A stream without a condition passes everything; a
/// line for which a condition fails, or yields anything but true, does not pass. Immutable; may be used from any thread.
/// </summary>
public sealed class OutputFilter : IOutputFilter
{
    /// <summary>Goes into the fingerprint. To be changed when an expression comes to mean something else than before.</summary>
    private const string Semantics = "cel 1";

    private readonly CelProgram? _stdout;
    private readonly CelProgram? _stderr;

    private OutputFilter(CelProgram? stdout, CelProgram? stderr)
    {
        _stdout = stdout;
        _stderr = stderr;
        Fingerprint = Hash(Semantics, stdout?.Text, stderr?.Text);
    }

    /// <inheritdoc/>
    public ulong Fingerprint { get; }

    /// <summary>Compiles the conditions; <see langword="null"/> when there is none.</summary>
    /// <param name="stdout">Which lines of standard output pass; <see langword="null"/> for all.</param>
    /// <param name="stderr">Which lines of standard error pass; <see langword="null"/> for all.</param>
    /// <exception cref="CelException">A condition is wrong.</exception>
    public static OutputFilter? Create(string? stdout, string? stderr) =>
        stdout is null && stderr is null ? null : new OutputFilter(Compile(stdout), Compile(stderr));

    /// <inheritdoc/>
    public bool Passes(bool stderr, ReadOnlyMemory<byte> line)
    {
        var condition = stderr ? _stderr : _stdout;
        if (condition is null) return true;
        var frame = CelFrame.OfThisThread;
        frame.Input = line;
        frame.IsStandardError = stderr;
        try
        {
            return condition.Test(frame) == CelTruth.True;
        }
        finally
        {
            frame.End();
        }
    }

    private static CelProgram? Compile(string? condition) => condition is null ? null : CelProgram.CompileCondition(condition, CelVariables.Output);

    /// <summary>FNV-1a over the texts, each with its length before it.</summary>
    private static ulong Hash(params ReadOnlySpan<string?> texts)
    {
        var hash = 14695981039346656037UL;
        foreach (var text in texts)
        {
            var octets = text is null ? [] : Encoding.UTF8.GetBytes(text);
            foreach (var octet in (byte[])[.. BitConverter.GetBytes(text is null ? -1 : octets.Length), .. octets]) hash = (hash ^ octet) * 1099511628211UL;
        }

        return hash;
    }
}
