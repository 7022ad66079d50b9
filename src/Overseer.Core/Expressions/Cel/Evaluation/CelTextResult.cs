namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>What asking a part of an expression for its text yields.</summary>
internal enum CelTextResult : byte
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A value of another kind.</summary>
    Other,

    /// <summary>No value; why is in <see cref="CelFrame.Error"/>.</summary>
    Error,
}
