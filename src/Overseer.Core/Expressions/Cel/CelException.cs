namespace Overseer.Core.Expressions.Cel;

/// <summary>
/// A text is not a CEL expression, or one that is refused. <see cref="Exception.Message"/> says where and why, and shows the place. Nothing was changed.
/// </summary>
public sealed class CelException : Exception
{
    /// <summary>Makes one without a position.</summary>
    public CelException()
        : this("the expression is wrong")
    {
    }

    /// <summary>Makes one without a position.</summary>
    public CelException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one without a position.</summary>
    public CelException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal CelException(int line, int column, string cause, string message)
        : base(message)
    {
        Line = line;
        Column = column;
        Cause = cause;
    }

    /// <summary>Line within the expression, counted from 1; 0 when it is not known.</summary>
    public int Line { get; }

    /// <summary>Column, counted in characters from 1; 0 when it is not known.</summary>
    public int Column { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Cause { get; } = "";
}
