namespace Overseer.Core.Tasks;

/// <summary>What <see cref="TaskMachine"/> made of an input.</summary>
internal enum Transition
{
    /// <summary>It was carried out.</summary>
    Done,

    /// <summary>It means nothing in this phase, and does no harm: a late timer, a report that came twice.</summary>
    Ignored,

    /// <summary>It is not allowed in this phase; who asked was told so.</summary>
    Refused,
}
