using Overseer.Core.Tasks;

namespace Overseer.Metrics;

/// <summary>Why a task left a queue: numbers for counting, and the words of the label.</summary>
internal static class QueueLeave
{
    /// <summary>It was started.</summary>
    public const int Started = 0;

    /// <summary>The words, by number.</summary>
    public static IReadOnlyList<string> Reasons { get; } =
        ["started", .. Enum.GetNames<DequeueReason>().Select(name => name.ToLowerInvariant())];

    /// <summary>The number of a reason.</summary>
    public static int Of(DequeueReason reason) => (int)reason + 1;
}
