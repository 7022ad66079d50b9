namespace Overseer.Core.Pools;

/// <summary>What a pool says to a new start.</summary>
/// <typeparam name="T">What the owner of the table calls a task.</typeparam>
internal abstract record Admission<T> where T : class
{
    private Admission()
    {
    }

    /// <summary>There is room: take a place.</summary>
    public sealed record Admit : Admission<T>
    {
        /// <summary>The only one.</summary>
        public static readonly Admit Instance = new();
    }

    /// <summary>There is none, but the queue takes it.</summary>
    public sealed record Queue : Admission<T>
    {
        /// <summary>The only one.</summary>
        public static readonly Queue Instance = new();
    }

    /// <summary>The queue takes it when this one goes.</summary>
    public sealed record QueueDisplacing(PoolTicket<T> Displaced) : Admission<T>;

    /// <summary>It has to be refused.</summary>
    public sealed record Reject : Admission<T>
    {
        /// <summary>The only one.</summary>
        public static readonly Reject Instance = new();
    }
}
