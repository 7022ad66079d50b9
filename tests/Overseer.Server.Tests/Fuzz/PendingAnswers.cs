using System.Text;
using Overseer.Protocols.Classic;
using Overseer.Protocols.V2;

namespace Overseer.Server.Tests.Fuzz;

/// <summary>
/// Which answers are still to come. What a message must be answered by is said by the reader: its one error, or one direct answer to what it read. A stop
/// may be silent; a start that was queued may be answered once more.
/// </summary>
internal sealed class PendingAnswers(ProtocolProfile profile)
{
    private const int MaxShown = 2000;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<(byte[] Message, string? Error)>> _due = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _optional = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Func<string>>> _conversations = new(StringComparer.Ordinal);

    /// <summary>Whether every message that must be answered has been.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _due.Count == 0;
            }
        }
    }

    /// <summary>A message is about to be sent.</summary>
    public void Sent(byte[] message)
    {
        var read = ClientMessageReader.Read(message, profile);
        var id = read.Message?.Id ?? read.Error!.Id;
        lock (_gate)
        {
            Remember(id, () => $"> {Show(message)}");
            if (profile.IsClassic && id.Length == 0 && read.Message is not null)
            {
                // Nothing tells its answer from those to others without an id, or from events; that there is one is seen by those that have one.
                return;
            }

            if (read.Message is StopMessage)
            {
                Expect(id);
            }
            else
            {
                Due(id).Add((message, read.Error is null ? null : ((ErrorMessage)profile.Phrase(read.Error)).Message));
            }
        }
    }

    /// <summary>A message has come.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Came(ServerMessage message)
    {
        if (IdOf(message) is not { } id)
        {
            return null;
        }

        lock (_gate)
        {
            Remember(id, () => $"< {message}");
            if (_due.TryGetValue(id, out var due) && Settle(due, message))
            {
                if (due.Count == 0)
                {
                    _due.Remove(id);
                }
            }
            else if (_optional.GetValueOrDefault(id) is > 0 and var left)
            {
                // Of any type: when damage gave two messages one id, the error of a stop may have been taken for the answer to the other.
                _optional[id] = left - 1;
            }
            else
            {
                return profile.IsClassic && id.Length == 0
                    ? null
                    : $"nobody waits for this answer: {message}; with the same id there were:\n{string.Join('\n', _conversations[id].Select(show => show()))}";
            }

            if (message is QueuedMessage)
            {
                Expect(id);
            }

            return null;
        }
    }

    /// <summary>The messages without an answer, for people.</summary>
    public string Describe()
    {
        lock (_gate)
        {
            return Describe(_due.SelectMany(due => due.Value));
        }
    }

    /// <summary>A message for people.</summary>
    public static string Show(byte[] message)
    {
        var text = System.Text.Unicode.Utf8.IsValid(message) ? Encoding.UTF8.GetString(message) : "0x" + Convert.ToHexString(message);
        return text.Length > MaxShown ? $"{text[..MaxShown]}… ({message.Length} bytes)" : text;
    }

    private static string Describe(IEnumerable<(byte[] Message, string? Error)> due) => string.Join('\n', due.Take(5).Select(one => Show(one.Message)));

    /// <summary>An error that the reader found must come word for word; anything else answers what was read.</summary>
    private static bool Settle(List<(byte[] Message, string? Error)> due, ServerMessage message)
    {
        var at = message is ErrorMessage error ? due.FindIndex(one => one.Error == error.Message) : -1;
        if (at < 0)
        {
            at = due.FindIndex(one => one.Error is null);
        }

        if (at >= 0)
        {
            due.RemoveAt(at);
        }

        return at >= 0;
    }

    private void Remember(string id, Func<string> show)
    {
        if (!_conversations.TryGetValue(id, out var conversation))
        {
            _conversations[id] = conversation = [];
        }

        conversation.Add(show);
    }

    private List<(byte[] Message, string? Error)> Due(string id)
    {
        if (!_due.TryGetValue(id, out var due))
        {
            _due[id] = due = [];
        }

        return due;
    }

    private void Expect(string id) => _optional[id] = _optional.GetValueOrDefault(id) + 1;

    /// <summary>The id of the request that a message answers; null for an event.</summary>
    private string? IdOf(ServerMessage message) => message switch
    {
        StartedMessage { Id: "" } or QueuedMessage { Id: "" } when !profile.IsClassic => null,
        _ => message.GetType().GetProperty("Id")?.GetValue(message) as string,
    };
}
