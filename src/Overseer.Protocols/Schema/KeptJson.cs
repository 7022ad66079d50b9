namespace Overseer.Protocols.Schema;

/// <summary>
/// An object as it was written once, so that it need not be again. It says nothing that the object does not say: to comparisons all of them are alike.
/// </summary>
internal sealed class KeptJson(byte[]? bytes)
{
    /// <summary>Nothing is kept.</summary>
    public static KeptJson None { get; } = new(null);

    /// <summary>The object as JSON; null when it is to be written.</summary>
    public byte[]? Bytes { get; } = bytes;

    public override bool Equals(object? obj) => obj is KeptJson;

    public override int GetHashCode() => 0;
}
