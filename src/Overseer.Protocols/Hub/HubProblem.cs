namespace Overseer.Protocols.Hub;

/// <summary>Why a message cannot be taken.</summary>
/// <param name="Field">The field that is wrong, as in <c>data.level</c>; empty when it is the message as a whole.</param>
/// <param name="Text">What is wrong with it, the field's name included.</param>
internal sealed record HubProblem(string Field, string Text)
{
    public static HubProblem Required(string field) => new(field, field + " is required");

    public static HubProblem MustBe(string field, string what) => new(field, $"{field} must be {what}");

    public static HubProblem Twice(string field) => new(field, field + " is given twice");
}
