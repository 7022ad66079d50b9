namespace Overseer.Core.Expressions.Cel.Values;

/// <summary>Why an evaluation has no value.</summary>
internal sealed class CelError(string message)
{
    /// <summary>An operand of a logical operator, or a condition, is no bool.</summary>
    public static readonly CelError NotBool = new("no such overload: a bool is needed here");

    /// <summary>A function of texts got something else.</summary>
    public static readonly CelError NotText = new("no such overload: a string is needed here");

    /// <summary>An int or uint result that does not fit.</summary>
    public static readonly CelError Overflow = new("overflow: the result does not fit in 64 bits");

    /// <summary>Division by zero.</summary>
    public static readonly CelError DivideByZero = new("division by zero");

    /// <summary>Remainder by zero.</summary>
    public static readonly CelError ModulusByZero = new("remainder of a division by zero");

    /// <summary>A list has no such element.</summary>
    public static readonly CelError NoSuchElement = new("no such element: the index is out of range");

    /// <summary>The evaluation took too many steps.</summary>
    public static readonly CelError TooManySteps = new("the evaluation took more steps than allowed");

    /// <summary>The evaluation made too many elements.</summary>
    public static readonly CelError TooManyElements = new("the evaluation made more list elements and map entries than allowed");

    /// <summary>For people.</summary>
    public string Message => message;

    /// <summary>A function or operator does not know these kinds.</summary>
    public static CelError NoOverload(string what, CelKind kind) => new($"no such overload: {what} of {CelTypeNames.Of(kind)}");

    /// <summary>An operator does not know these kinds.</summary>
    public static CelError NoOverload(string what, CelKind left, CelKind right) => new($"no such overload: {CelTypeNames.Of(left)} {what} {CelTypeNames.Of(right)}");
}
