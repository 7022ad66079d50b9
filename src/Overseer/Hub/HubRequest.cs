using System.Text;
using Overseer.Protocols.Hub;

namespace Overseer.Hub;

/// <summary>What a message wants, for those that are handled one by one: it outlives the buffer that was read. The line that is kept of it is made from the bytes.</summary>
internal sealed record HubRequest
{
    /// <summary>What it is; meaningless when there is a <see cref="Problem"/>.</summary>
    public HubType Type { get; init; }

    /// <summary>Whether its type was written in lower case.</summary>
    public bool IsLower { get; init; }

    /// <summary>Whether the journal keeps it.</summary>
    public bool IsKept { get; init; }

    /// <summary>The container; null when it names none.</summary>
    public string? ContainerId { get; init; }

    /// <summary>The token it brings; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Its status, or command.</summary>
    public string? Word { get; init; }

    /// <summary>The exit code it tells.</summary>
    public int? ExitCode { get; init; }

    /// <summary>How many messages it wants of the past.</summary>
    public long? History { get; init; }

    /// <summary>From which message on it wants them.</summary>
    public long? FromSeq { get; init; }

    /// <summary>Whose message it is.</summary>
    public (Guid Id, long Number)? Delivery { get; init; }

    /// <summary>Why it cannot be taken.</summary>
    public HubProblem? Problem { get; init; }

    /// <summary>Reads a message.</summary>
    public static HubRequest Read(ReadOnlySpan<byte> utf8)
    {
        var problem = HubReader.Read(utf8, out var message);
        string? containerId = null;
        if (!message.ContainerId.IsEmpty)
        {
            problem ??= HubReader.ReadContainerId(message.ContainerId, out containerId);
        }

        return new HubRequest
        {
            Type = message.Type,
            IsLower = message.IsLower,
            IsKept = message.IsKept,
            ContainerId = problem is null ? containerId : null,
            Token = message.HasToken ? HubReader.TryDecode(message.Token, out var token) ? token : "" : null,
            Word = message.Word.IsEmpty ? null : HubReader.TryDecode(message.Word, out var word) ? word : Encoding.UTF8.GetString(message.Word),
            ExitCode = message.ExitCode,
            History = message.History,
            FromSeq = message.FromSeq,
            Delivery = message.Delivery is { } id ? (id, message.DeliveryNumber) : null,
            Problem = problem,
        };
    }
}
