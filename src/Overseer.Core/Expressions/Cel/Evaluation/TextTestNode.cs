using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>text.contains(part)</c> and its like.</summary>
internal sealed class TextTestNode(CelTextTest test, CelNode text, CelNode part) : CelCondition
{
    private const int ShortPart = 64;

    /// <summary>The constant that may be searched in raw bytes; null when it has to be evaluated.</summary>
    private readonly byte[]? _constant = Searchable(part);

    /// <summary>The UTF-8 of a constant text, unless it holds U+FFFD and so could be what a broken byte is shown as.</summary>
    public static byte[]? Searchable(CelNode part) =>
        part.Constant is { Kind: CelKind.Text } constant && constant.Octets.Span.IndexOf(Utf8Repair.Replacement) < 0 ? constant.Octets.ToArray() : null;

    /// <inheritdoc/>
    public override CelTruth Test(CelFrame frame)
    {
        if (_constant is not null)
        {
            return text.TryRawText(frame, out var raw) switch
            {
                CelTextResult.Text => Test(raw, _constant, frame),
                CelTextResult.Other => frame.Fail(CelError.NotText),
                _ => CelTruth.Error,
            };
        }

        var whole = text.Evaluate(frame);
        if (whole.IsError) return frame.Fail(whole.AsError);
        var wanted = part.Evaluate(frame);
        if (wanted.IsError) return frame.Fail(wanted.AsError);
        return whole.Kind == CelKind.Text && wanted.Kind == CelKind.Text ? Test(whole.Octets.Span, wanted.Octets.Span, frame) : frame.Fail(CelError.NotText);
    }

    private CelTruth Test(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> wanted, CelFrame frame)
    {
        if (test != CelTextTest.Contains) return frame.SpendBytes(wanted.Length) ? Of(test == CelTextTest.StartsWith ? whole.StartsWith(wanted) : whole.EndsWith(wanted)) : CelTruth.Error;
        if (wanted.Length > whole.Length) return frame.Spend(1) ? CelTruth.False : CelTruth.Error;

        // A search may take the product of both lengths; only a long part makes that matter.
        var steps = 1 + (whole.Length >> 6);
        return frame.Spend(wanted.Length <= ShortPart ? steps : (long)steps * (wanted.Length >> 6)) ? Of(whole.IndexOf(wanted) >= 0) : CelTruth.Error;
    }
}
