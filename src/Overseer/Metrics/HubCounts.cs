using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Overseer.Protocols.Hub;

namespace Overseer.Metrics;

/// <summary>What the hub has been told and what it has refused, since the server began. From any thread.</summary>
internal sealed class HubCounts
{
    private static readonly string[] Types = [.. Enum.GetNames<HubType>().Select(name => name.ToLowerInvariant()), "other"];

    private readonly long[] _messages = new long[Types.Length];
    private readonly FrozenDictionary<string, StrongBox<long>> _errors = HubError.Codes.ToFrozenDictionary(code => code, _ => new StrongBox<long>(), StringComparer.Ordinal);

    /// <summary>Messages that came, by type.</summary>
    public IEnumerable<KeyValuePair<string, long>> Messages => Types.Select((type, i) => KeyValuePair.Create(type, Interlocked.Read(ref _messages[i])));

    /// <summary>Errors that the hub has said, by code.</summary>
    public IEnumerable<KeyValuePair<string, long>> Errors => HubError.Codes.Select(code => KeyValuePair.Create(code, Interlocked.Read(ref _errors[code].Value)));

    /// <summary>A message came, taken or not.</summary>
    /// <param name="type">What it is; null when that is nothing the hub knows.</param>
    public void Heard(HubType? type) => Interlocked.Increment(ref _messages[(int?)type ?? Types.Length - 1]);

    /// <summary>The hub says an error, to one connection or to all that watch a container.</summary>
    public void Said(HubError error) => Interlocked.Increment(ref _errors[error.Code].Value);
}
