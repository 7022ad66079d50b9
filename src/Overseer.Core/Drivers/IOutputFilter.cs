namespace Overseer.Core.Drivers;

/// <summary>Decides which lines of a task's output clients see. The journal keeps every line all the same. Immutable; may be used from any thread.</summary>
public interface IOutputFilter
{
    /// <summary>The same for the same conditions, in every process; another for others. Numbers that were given out under one are not carried over to another.</summary>
    ulong Fingerprint { get; }

    /// <summary>Whether a line is shown. Also false when that cannot be decided; never throws.</summary>
    /// <param name="stderr">True for a line of standard error.</param>
    /// <param name="line">Its bytes, without the newline and a carriage return before it.</param>
    bool Passes(bool stderr, ReadOnlyMemory<byte> line);
}
