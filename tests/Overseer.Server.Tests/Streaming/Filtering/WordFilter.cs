using System.Collections.Concurrent;
using System.Text;
using Overseer.Core.Drivers;

namespace Overseer.Server.Tests.Streaming.Filtering;

/// <summary>Shows the lines that hold a word, and remembers how often each was looked at.</summary>
internal sealed class WordFilter(string word) : IOutputFilter
{
    private readonly byte[] _word = Encoding.UTF8.GetBytes(word);
    private readonly ConcurrentDictionary<string, int> _looks = new(StringComparer.Ordinal);

    /// <summary>The lines that were looked at.</summary>
    public IReadOnlyDictionary<string, int> Looks => _looks;

    public ulong Fingerprint => word.Aggregate(14695981039346656037UL, (hash, c) => (hash ^ c) * 1099511628211UL);

    public bool Shows(string line) => line.Contains(word, StringComparison.Ordinal);

    public bool Passes(bool stderr, ReadOnlyMemory<byte> line)
    {
        _looks.AddOrUpdate(Encoding.UTF8.GetString(line.Span), 1, static (_, looks) => looks + 1);
        return line.Span.IndexOf(_word) >= 0;
    }

    public void Forget() => _looks.Clear();
}
