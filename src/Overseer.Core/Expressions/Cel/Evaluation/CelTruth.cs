namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>What a condition yields.</summary>
internal enum CelTruth : byte
{
    /// <summary><c>false</c>.</summary>
    False,

    /// <summary><c>true</c>.</summary>
    True,

    /// <summary>No bool; why is in <see cref="CelFrame.Error"/>.</summary>
    Error,
}
