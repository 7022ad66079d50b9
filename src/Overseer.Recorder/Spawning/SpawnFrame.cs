using System.Runtime.InteropServices;
using System.Text;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Spawning;

/// <summary>
/// A spawn request as it lies in the receive buffer, with the two pointer vectors that <c>posix_spawn</c> wants. Nothing is copied and no string is made: two megabytes of
/// arguments cost a walk over them. The vectors are kept and reused from request to request; the frame is valid as long as the receive buffer is.
/// </summary>
internal sealed unsafe class SpawnFrame : IDisposable
{
    private const string RunIdVariable = "OVERSEER_RUN_ID=";

    private readonly byte* _runIdVariable = (byte*)NativeMemory.AllocZeroed(64);
    private byte** _vectors;
    private int _capacity;

    internal SpawnMessage Message { get; private set; }

    internal byte* File { get; private set; }

    internal byte* WorkingDirectory { get; private set; }

    /// <summary>Null when the program starts in the recorder's own cgroup.</summary>
    internal byte* Cgroup { get; private set; }

    internal byte** Arguments => _vectors;

    internal byte** Environment => _vectors + Message.Arguments + 1;

    internal JournalOptions Journal => new()
    {
        MaxLineBytes = Message.MaxLineBytes,
        IndexIntervalBytes = Message.IndexIntervalBytes,
        SegmentBytes = Message.SegmentBytes,
        BlockWhenFull = Message.Flags.HasFlag(SpawnFlags.BlockWhenFull),
    };

    /// <summary>Bytes of all arguments and variables with their NULs and pointers: what the kernel counts against its limit.</summary>
    internal long TotalBytes { get; private set; }

    /// <summary>Takes a message apart, in place.</summary>
    /// <exception cref="InvalidDataException">The message is not well-formed.</exception>
    internal void Read(byte* body, int length)
    {
        if (length < sizeof(SpawnMessage))
            throw new InvalidDataException("a spawn request is too short");
        var message = *(SpawnMessage*)body;
        if (message.Arguments < 0 || message.Variables < 0 || (long)message.Arguments + message.Variables > length)
            throw new InvalidDataException("a spawn request has more strings than bytes");
        Message = message;
        Reserve(message.Arguments + message.Variables + 3);

        byte* at = body + sizeof(SpawnMessage);
        byte* end = body + length;
        byte* start = at;
        File = Next(ref at, end);
        WorkingDirectory = Next(ref at, end);
        start = at;
        int place = 0;
        for (int i = 0; i < message.Arguments; i++)
            _vectors[place++] = Next(ref at, end);
        _vectors[place++] = null;
        _vectors[place++] = PutRunId(message.RunId);
        for (int i = 0; i < message.Variables; i++)
        {
            byte* variable = Next(ref at, end);
            if (!IsRunId(variable))
                _vectors[place++] = variable;
        }
        _vectors[place] = null;
        Cgroup = message.Flags.HasFlag(SpawnFlags.Cgroup) ? Next(ref at, end) : null;
        TotalBytes = at - start + ((long)sizeof(byte*) * (message.Arguments + message.Variables + 3));
    }

    internal static string Text(byte* text) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    public void Dispose()
    {
        NativeMemory.Free(_runIdVariable);
        NativeMemory.Free(_vectors);
        _vectors = null;
        _capacity = 0;
    }

    private static byte* Next(ref byte* at, byte* end)
    {
        byte* text = at;
        int length = new ReadOnlySpan<byte>(at, (int)(end - at)).IndexOf((byte)0);
        if (length < 0)
            throw new InvalidDataException("a string of a spawn request does not end");
        at += length + 1;
        return text;
    }

    private static bool IsRunId(byte* variable) =>
        MemoryMarshal.CreateReadOnlySpanFromNullTerminated(variable).StartsWith("OVERSEER_RUN_ID="u8);

    private byte* PutRunId(Guid runId)
    {
        Span<byte> text = new(_runIdVariable, 64);
        "OVERSEER_RUN_ID="u8.CopyTo(text);
        runId.TryFormat(text[RunIdVariable.Length..], out int written, "N");
        text[RunIdVariable.Length + written] = 0;
        return _runIdVariable;
    }

    private void Reserve(int entries)
    {
        if (entries <= _capacity && _capacity <= 4096)
            return;
        _capacity = Math.Max(entries, 256);
        _vectors = (byte**)NativeMemory.Realloc(_vectors, (nuint)(_capacity * sizeof(byte*)));
    }
}
