using System.Runtime.InteropServices;
using System.Text;
using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Wire;

/// <summary>Writes a spawn request as a frame: the strings NUL-terminated, so that the recorder hands them to the kernel where they lie.</summary>
internal static unsafe class SpawnEncoder
{
    internal static byte[] Encode(SpawnRequest request, ushort descriptors)
    {
        int body = sizeof(SpawnMessage) + Length(request.File) + Length(request.WorkingDirectory);
        foreach (string argument in request.Arguments)
            body += Length(argument);
        foreach (var (key, value) in request.Environment)
            body += Length(key) + Length(value);
        if (request.Cgroup is not null)
            body += Length(request.Cgroup);

        byte[] frame = GC.AllocateUninitializedArray<byte>(FrameHeader.Size + body);
        var header = new FrameHeader { Length = body, Kind = MessageKind.Spawn, Descriptors = descriptors };
        MemoryMarshal.Write(frame, in header);
        var message = Fixed(request);
        MemoryMarshal.Write(frame.AsSpan(FrameHeader.Size), in message);
        Span<byte> rest = frame.AsSpan(FrameHeader.Size + sizeof(SpawnMessage));
        rest = Put(rest, request.File, 0);
        rest = Put(rest, request.WorkingDirectory, 0);
        foreach (string argument in request.Arguments)
            rest = Put(rest, argument, 0);
        foreach (var (key, value) in request.Environment)
        {
            rest = Put(rest, key, (byte)'=');
            rest = Put(rest, value, 0);
        }
        if (request.Cgroup is not null)
            Put(rest, request.Cgroup, 0);
        return frame;
    }

    private static SpawnMessage Fixed(SpawnRequest request)
    {
        var flags = SpawnFlags.None;
        if (request.StdinPipe)
            flags |= SpawnFlags.StdinPipe;
        if (request.User is not null)
            flags |= SpawnFlags.User;
        if (request.Limits is not null)
            flags |= SpawnFlags.Limits;
        if (request.Cgroup is not null)
            flags |= SpawnFlags.Cgroup;
        if (request.Terminal is not null)
            flags |= SpawnFlags.Terminal;
        if (request.Journal.BlockWhenFull)
            flags |= SpawnFlags.BlockWhenFull;
        return new SpawnMessage
        {
            RunId = request.RunId,
            JournalId = request.JournalId,
            Run = request.Run,
            Flags = flags,
            MaxLineBytes = request.Journal.MaxLineBytes,
            IndexIntervalBytes = request.Journal.IndexIntervalBytes,
            SegmentBytes = request.Journal.SegmentBytes,
            Arguments = request.Arguments.Count,
            Variables = request.Environment.Count,
            UserId = request.User?.UserId ?? -1,
            GroupId = request.User?.GroupId ?? -1,
            MemoryBytes = request.Limits?.MemoryBytes ?? -1,
            Processes = request.Limits?.Processes ?? -1,
            OpenFiles = request.Limits?.OpenFiles ?? -1,
            CpuMilli = request.Limits?.CpuMilli ?? -1,
            Columns = request.Terminal?.Columns ?? 0,
            Rows = request.Terminal?.Rows ?? 0,
            FlightSlot = request.FlightSlot,
        };
    }

    private static int Length(string text) => Encoding.UTF8.GetByteCount(text) + 1;

    private static Span<byte> Put(Span<byte> destination, string text, byte end)
    {
        int length = Encoding.UTF8.GetBytes(text, destination);
        destination[length] = end;
        return destination[(length + 1)..];
    }
}
