using System.Runtime.CompilerServices;

namespace Overseer.Protocols.Hub;

/// <summary>
/// One message as it was read: what the hub goes by, and the rest as the bytes that came. Strings are what stands between the quotes, escapes included
/// (<see cref="HubReader.TryDecode"/>). Belongs to the buffer that was read.
/// </summary>
internal ref struct HubMessage
{
    /// <summary>Further fields that a message may have.</summary>
    public const int MostExtras = 32;

    private ExtraRanges _extras;

    /// <summary>What it is.</summary>
    public HubType Type { get; set; }

    /// <summary>Whether its type was written in lower case.</summary>
    public bool IsLower { get; set; }

    /// <summary>The whole message.</summary>
    public ReadOnlySpan<byte> Source { get; init; }

    /// <summary>The container; empty where a heartbeat names none.</summary>
    public ReadOnlySpan<byte> ContainerId { get; set; }

    /// <summary>Its time as JSON, quotes included; empty when it brought none.</summary>
    public ReadOnlySpan<byte> Timestamp { get; set; }

    /// <summary>Its data as JSON; empty when it brought none.</summary>
    public ReadOnlySpan<byte> Data { get; set; }

    /// <summary>The token it brought.</summary>
    public ReadOnlySpan<byte> Token { get; set; }

    /// <summary>Whether it brought one.</summary>
    public bool HasToken { get; set; }

    /// <summary><c>data.level</c> of a log: whether it goes to standard error.</summary>
    public bool IsBad { get; set; }

    /// <summary><c>data.status</c>, or <c>data.command</c>.</summary>
    public ReadOnlySpan<byte> Word { get; set; }

    /// <summary><c>data.exitCode</c>.</summary>
    public int? ExitCode { get; set; }

    /// <summary><c>data.history</c>.</summary>
    public long? History { get; set; }

    /// <summary><c>data.from_seq</c>.</summary>
    public long? FromSeq { get; set; }

    /// <summary><c>delivery.id</c>, of a heartbeat <c>data.delivery.id</c>: whose message it is, so that none is kept twice.</summary>
    public Guid? Delivery { get; set; }

    /// <summary><c>delivery.n</c>: which one of his.</summary>
    public long DeliveryNumber { get; set; }

    /// <summary>How many further fields it has.</summary>
    public int ExtraCount { get; private set; }

    /// <summary>Whether the journal keeps messages of this type.</summary>
    public readonly bool IsKept => Type is HubType.Log or HubType.Status or HubType.Complete or HubType.Error;

    /// <summary>A further field, its name included, as it came.</summary>
    public readonly ReadOnlySpan<byte> Extra(int index) => Source[_extras[index].Start.._extras[index].End];

    /// <summary>Notes a further field; false when there are too many.</summary>
    public bool TryAddExtra(int start, int end)
    {
        if (ExtraCount == MostExtras)
            return false;
        _extras[ExtraCount++] = (start, end);
        return true;
    }

    [InlineArray(MostExtras)]
    private struct ExtraRanges
    {
        private (int Start, int End) _first;
    }
}
