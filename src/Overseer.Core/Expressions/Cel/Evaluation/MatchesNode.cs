using System.Text;
using System.Text.RegularExpressions;
using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary><c>text.matches(pattern)</c>, its pattern compiled already.</summary>
/// <param name="text">What is searched.</param>
/// <param name="pattern">For the non-backtracking engine.</param>
/// <param name="weight">The size of its automaton: at worst, each character of the text costs that much.</param>
internal sealed class MatchesNode(CelNode text, Regex pattern, int weight) : CelCondition
{
    /// <inheritdoc/>
    public override CelTruth Test(CelFrame frame)
    {
        var value = text.Evaluate(frame);
        if (value.IsError) return frame.Fail(value.AsError);
        if (value.Kind != CelKind.Text) return frame.Fail(CelError.NotText);
        if (!frame.Spend(1 + ((long)(value.Octets.Length >> 4) * (1 + (weight >> 4))))) return CelTruth.Error;
        var characters = frame.Characters(value.Octets.Length);
        var length = Encoding.UTF8.GetChars(value.Octets.Span, characters);
        return Of(pattern.IsMatch(characters.AsSpan(0, length)));
    }
}
