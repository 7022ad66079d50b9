using System.Buffers;
using Overseer.Core.Drivers;
using Overseer.Protocols.Hub;
using Overseer.Protocols.V2;

namespace Overseer.Hub;

/// <summary>Consecutive messages of one container for one stream, as the lines that the journal is to have of them. Holds memory only while there are some. Not thread-safe.</summary>
internal sealed class HubBatch
{
    /// <summary>Most bytes of one batch, and of one line: a piece of a journal.</summary>
    public const int MostBytes = 256 * 1024;

    private const int UsualBytes = 64 * 1024;
    private const int FirstBytes = 2 * 1024;
    private readonly List<Delivery> _deliveries = [];
    private byte[] _bytes = [];

    /// <summary>Which stream they go to.</summary>
    public HostedOutput Output { get; private set; }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes they have.</summary>
    public int Length { get; private set; }

    /// <summary>The lines.</summary>
    public ReadOnlySpan<byte> Lines => _bytes.AsSpan(0, Length);

    /// <summary>Whether some are numbered by who sends them.</summary>
    public bool IsNumbered => _deliveries.Count > 0;

    /// <summary>Those that are numbered.</summary>
    public IEnumerable<(Guid Id, long Number)> Numbered => _deliveries.Select(one => (one.Id, one.Number));

    /// <summary>Adds a message; false when the lines that are there must be written first.</summary>
    /// <param name="message">A message that is kept.</param>
    /// <param name="now">The time it gets when it brought none.</param>
    /// <param name="most">The most bytes that a line may have.</param>
    /// <param name="isTooLarge">Whether it can never be added: its line has more.</param>
    public bool TryAdd(ref HubMessage message, in TimestampText now, int most, out bool isTooLarge)
    {
        isTooLarge = false;
        var output = message.IsBad || message.Type == HubType.Error ? HostedOutput.Stderr : HostedOutput.Stdout;
        var room = HubLine.MaxBytes(ref message);
        if (Count > 0 && (output != Output || Length + room > UsualBytes))
        {
            return false;
        }

        if (_bytes.Length < Length + room)
        {
            Grow(Math.Max(Math.Max(FirstBytes, _bytes.Length * 2), Length + room));
        }

        var length = HubLine.Write(ref message, now, _bytes.AsSpan(Length));
        if (length > most)
        {
            isTooLarge = true;
            if (Count == 0)
            {
                Clear();
            }

            return false;
        }

        if (message.Delivery is { } id)
        {
            _deliveries.Add(new Delivery(Length, length, id, message.DeliveryNumber));
        }

        Output = output;
        Length += length;
        Count++;
        return true;
    }

    /// <summary>Takes out what the journal has already.</summary>
    public void DropDelivered(DeliveryLedger ledger)
    {
        var last = new Dictionary<Guid, long>();
        var (kept, from, to) = (0, 0, 0);
        for (var i = 0; i < _deliveries.Count; i++)
        {
            var one = _deliveries[i];
            Move(ref from, ref to, one.Offset);
            if (one.Number <= last.GetValueOrDefault(one.Id, ledger.Last(one.Id)))
            {
                from += one.Length;
                Count--;
                continue;
            }

            last[one.Id] = one.Number;
            _deliveries[kept++] = one with { Offset = to };
            Move(ref from, ref to, one.Offset + one.Length);
        }

        Move(ref from, ref to, Length);
        Length = to;
        _deliveries.RemoveRange(kept, _deliveries.Count - kept);
    }

    /// <summary>They are kept now.</summary>
    public void NoteIn(DeliveryLedger ledger)
    {
        foreach (var one in _deliveries)
        {
            ledger.Kept(one.Id, one.Number);
        }
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }

        _deliveries.Clear();
        (Count, Length) = (0, 0);
    }

    private void Grow(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(bytes);
        Lines.CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }

    private void Move(ref int from, ref int to, int end)
    {
        if (from != to)
        {
            _bytes.AsSpan(from, end - from).CopyTo(_bytes.AsSpan(to));
        }

        to += end - from;
        from = end;
    }

    private readonly record struct Delivery(int Offset, int Length, Guid Id, long Number);
}
