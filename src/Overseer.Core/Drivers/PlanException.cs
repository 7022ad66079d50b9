namespace Overseer.Core.Drivers;

/// <summary>An <see cref="IAction"/> refuses to plan a run. Nothing was started; the action remains usable.</summary>
public sealed class PlanException : Exception
{
    /// <summary>Refuses the parameters.</summary>
    public PlanException()
        : this("the parameters were refused")
    {
    }

    /// <summary>Refuses the parameters: the client reads <c>validation error: TYPE: MESSAGE</c>.</summary>
    /// <param name="message">What is wrong, without the driver's type, secrets masked.</param>
    public PlanException(string message)
        : base(message)
    {
    }

    /// <summary>Refuses the parameters because of another exception.</summary>
    public PlanException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>True when the parameters are fine but the run cannot be started: the client reads the message alone.</summary>
    public bool CannotStart { get; private init; }

    /// <summary>The run cannot be started, whatever its parameters: say which path and why.</summary>
    public static PlanException Unstartable(string message) => new(message) { CannotStart = true };
}
