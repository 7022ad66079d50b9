namespace Overseer.Streams;

/// <summary>Finished frames on their way to one socket. Whoever takes a slice releases it after the write.</summary>
internal readonly record struct FrameSlice(FrameBlock Block, int Offset, int Count)
{
    /// <summary>The bytes to write.</summary>
    public ReadOnlyMemory<byte> Bytes => Block.Slice(Offset, Count);

    /// <summary>Lets go of the block.</summary>
    public void Release() => Block.Release();
}
