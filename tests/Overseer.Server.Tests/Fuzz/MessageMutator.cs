using System.Text;
using Overseer.Protocols.Classic;
using Overseer.Protocols.Tests;
using Overseer.Protocols.V2;

namespace Overseer.Server.Tests.Fuzz;

/// <summary>Makes messages of the golden ones, those that are right and those that are refused, by small and large damage.</summary>
internal sealed class MessageMutator
{
    private const int MaxBytes = 60_000;
    private static readonly byte[][] Right =
    [
        .. ((string[])[.. GoldenFiles.Messages("client"), .. GoldenFiles.Lines("v1/requests"), .. GoldenFiles.Lines("v0/requests")]).Select(Encoding.UTF8.GetBytes),
        .. Inputs("accepted"),
        .. Inputs("accepted-v1"),
    ];
    private static readonly byte[][] Refused = [.. Inputs("refused"), .. Inputs("refused-v1"), .. Inputs("refused-v0")];
    private static readonly byte[][] Types = [.. GoldenFiles.Names("client").Concat(GoldenFiles.Names("server")).Select(name => Encoding.UTF8.GetBytes($"\"{name.Split('/')[1]}\"")).DistinctBy(Encoding.UTF8.GetString)];

    private readonly Random _random;

    /// <summary>The same seed makes the same messages.</summary>
    public MessageMutator(int seed) => _random = new Random(seed);

    /// <summary>The next message.</summary>
    /// <param name="id">Takes the place of the golden message's own.</param>
    public byte[] Next(string id)
    {
        while (true)
        {
            if (Damaged(id) is var message && !Adopts(message))
            {
                return message;
            }
        }
    }

    // Damage makes pids of processes that are none of ours, and a janitor ends what the server has.
    private static bool Adopts(byte[] message) => ProtocolProfile.All.Any(profile => ClientMessageReader.Read(message, profile).Message is AdoptMessage { Pid: not null });

    private byte[] Damaged(string id)
    {
        var message = WithId(Golden(), id);
        var damages = _random.Next(10) switch { < 3 => 0, < 7 => 1, < 9 => 2, _ => 3 };
        for (var i = 0; i < damages && message.Length > 0; i++)
        {
            message = Damage(message, id);
        }

        return message.Length <= MaxBytes ? message : message[..MaxBytes];
    }

    private static byte[] WithId(byte[] message, string id)
    {
        foreach (var field in JsonPieces.Of(message).Fields)
        {
            if (message.AsSpan()[field].StartsWith("\"id\":\""u8))
            {
                return Replace(message, field, Encoding.UTF8.GetBytes($"\"id\":\"{id}\""));
            }
        }

        return message;
    }

    /// <summary>Mostly a right one: of a message that is refused, more damage makes little that is new.</summary>
    private byte[] Golden() => _random.Next(4) > 0 ? Right[_random.Next(Right.Length)] : Refused[_random.Next(Refused.Length)];

    private byte[] Damage(byte[] message, string id) => _random.Next(14) switch
    {
        0 => FlipBits(message),
        1 => Replace(message, At(message)..At(message, 0), Bytes(_random.Next(1, 9))),
        2 => message[..At(message)],
        3 => message[At(message)..],
        4 => Splice(message, id),
        5 => SwapType(message),
        6 or 7 or 8 => SwapValue(message, NastyValues.Next(_random)),
        9 => SwapValue(message, OtherValue()),
        10 => Duplicate(message, times: 1),
        11 => Duplicate(message, times: _random.Next(2, 200)),
        12 => Remove(message),
        _ => AddField(message),
    };

    private byte[] FlipBits(byte[] message)
    {
        var flipped = message.ToArray();
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            flipped[At(message)] ^= (byte)(1 << _random.Next(8));
        }

        return flipped;
    }

    /// <summary>The beginning of this one and the end of another.</summary>
    private byte[] Splice(byte[] message, string id)
    {
        var other = WithId(Golden(), id);
        return [.. message.AsSpan(0, At(message)), .. other.AsSpan(At(other))];
    }

    private byte[] SwapType(byte[] message)
    {
        foreach (var field in JsonPieces.Of(message).Fields)
        {
            if (message.AsSpan()[field].StartsWith("\"type\":"u8))
            {
                return Replace(message, field, [.. "\"type\":"u8, .. Types[_random.Next(Types.Length)]]);
            }
        }

        return message;
    }

    private byte[] SwapValue(byte[] message, byte[] value) => Any(JsonPieces.Of(message).Values) is { } range ? Replace(message, range, value) : message;

    private byte[] OtherValue()
    {
        var other = Golden();
        return Any(JsonPieces.Of(other).Values) is { } range ? other[range] : other;
    }

    private byte[] Duplicate(byte[] message, int times)
    {
        if (Any(JsonPieces.Of(message).Fields) is not { } field)
        {
            return message;
        }

        var text = message[field];
        var copies = Enumerable.Repeat((byte[])[.. ","u8, .. text], times).SelectMany(bytes => bytes);
        return Replace(message, field, [.. text, .. copies]);
    }

    private byte[] Remove(byte[] message) => Any(JsonPieces.Of(message).Fields) is { } field ? Replace(message, field, "\"x\":0"u8) : message;

    private byte[] AddField(byte[] message)
    {
        if (Any(JsonPieces.Of(message).Fields) is not { } field)
        {
            return message;
        }

        var other = Golden();
        return Any(JsonPieces.Of(other).Fields) is { } added ? Replace(message, field, [.. other[added], (byte)',', .. message[field]]) : message;
    }

    private Range? Any(IReadOnlyList<Range> ranges) => ranges.Count == 0 ? null : ranges[_random.Next(ranges.Count)];

    private int At(byte[] message) => _random.Next(message.Length);

    /// <summary>An end that fits no beginning in particular: the two are put in order where they are used.</summary>
    private int At(byte[] message, int least) => _random.Next(least, message.Length + 1);

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Replace(byte[] message, Range range, ReadOnlySpan<byte> by)
    {
        var (start, end) = (range.Start.GetOffset(message.Length), range.End.GetOffset(message.Length));
        return [.. message.AsSpan(0, Math.Min(start, end)), .. by, .. message.AsSpan(Math.Max(start, end))];
    }

    private static IEnumerable<byte[]> Inputs(string folder) => GoldenFiles.Cases(folder).Select(one => one.Input).Where(input => input.Length is > 0 and < 20_000);
}
