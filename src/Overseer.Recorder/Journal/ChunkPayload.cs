using System.Buffers.Binary;

namespace Overseer.Recorder.Journal;

// The data of the chunks that are not output, little endian:
//   Started: 0 run id (16 bytes) · 16 process start time i64
//   Exited:  0 run id · 16 pid i32 · 20 run i32 · 24 exit code i32 · 28 signal i32 · 32 user µs i64 · 40 system µs i64 · 48 max rss KiB i64
//            56 stdout pending back u32 · 60 stdout pending length i32 · 64 stderr pending back u32 · 68 stderr pending length i32
//   Gap:     0 reason u8 · 1 zeros · 8 bytes i64
// A reader takes longer data than it knows; a field is only ever added at the end.
internal static class ChunkPayload
{
    internal const int StartedSize = 24;
    internal const int ExitedSize = 72;
    internal const int GapSize = 16;
    private const int RunIdSize = 16;

    internal static void WriteStarted(Span<byte> destination, Guid runId, long processStartTime)
    {
        runId.TryWriteBytes(destination);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], processStartTime);
    }

    internal static (Guid RunId, long ProcessStartTime) ReadStarted(ReadOnlySpan<byte> source) =>
        (new Guid(source[..RunIdSize]), BinaryPrimitives.ReadInt64LittleEndian(source[16..]));

    internal static void WriteExited(Span<byte> destination, ExitRecord exit, in PendingLine stdout, in PendingLine stderr)
    {
        exit.RunId.TryWriteBytes(destination);
        BinaryPrimitives.WriteInt32LittleEndian(destination[16..], exit.Pid);
        BinaryPrimitives.WriteInt32LittleEndian(destination[20..], exit.Run);
        BinaryPrimitives.WriteInt32LittleEndian(destination[24..], exit.ExitCode);
        BinaryPrimitives.WriteInt32LittleEndian(destination[28..], exit.Signal);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], exit.UserMicroseconds);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], exit.SystemMicroseconds);
        BinaryPrimitives.WriteInt64LittleEndian(destination[48..], exit.MaxRssKilobytes);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[56..], stdout.Back);
        BinaryPrimitives.WriteInt32LittleEndian(destination[60..], stdout.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[64..], stderr.Back);
        BinaryPrimitives.WriteInt32LittleEndian(destination[68..], stderr.Length);
    }

    internal static ExitRecord ReadExited(ReadOnlySpan<byte> source) => new(
        new Guid(source[..RunIdSize]),
        BinaryPrimitives.ReadInt32LittleEndian(source[16..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[20..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[24..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[28..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[40..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[48..]));

    internal static PendingLine ReadPendingOfExited(ReadOnlySpan<byte> source, OutputStream stream)
    {
        source = stream == OutputStream.Stdout ? source[56..] : source[64..];
        return new PendingLine(BinaryPrimitives.ReadUInt32LittleEndian(source), BinaryPrimitives.ReadInt32LittleEndian(source[4..]));
    }

    internal static void WriteGap(Span<byte> destination, GapReason reason, long bytes)
    {
        destination[..GapSize].Clear();
        destination[0] = (byte)reason;
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], bytes);
    }

    internal static (GapReason Reason, long Bytes) ReadGap(ReadOnlySpan<byte> source) =>
        ((GapReason)source[0], BinaryPrimitives.ReadInt64LittleEndian(source[8..]));

    /// <summary>Whether the data are long enough for what the chunk claims to be.</summary>
    internal static bool Fits(ChunkKind kind, int length) => kind switch
    {
        ChunkKind.Started => length >= StartedSize,
        ChunkKind.Exited => length >= ExitedSize,
        ChunkKind.Gap => length >= GapSize,
        _ => true,
    };
}
