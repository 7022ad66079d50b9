using System.Text.Json;

namespace Overseer.EventLog;

/// <summary>A start or an exit, by which the streams and the engine's own events are put in step.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Pid">Of whom: no two runs of a task that follow each other have the same.</param>
internal readonly record struct LogMark(ControlKind Kind, int Pid)
{
    /// <summary>The mark that a message is; its kind is <see cref="ControlKind.Between"/> for any other message.</summary>
    /// <param name="json">A message of the protocol: an object that begins with <c>type</c>.</param>
    public static LogMark Of(ReadOnlySpan<byte> json)
    {
        var kind = json.StartsWith("{\"type\":\"started\""u8) ? ControlKind.Started
            : json.StartsWith("{\"type\":\"exited\""u8) ? ControlKind.Exited
            : ControlKind.Between;
        var reader = new Utf8JsonReader(json);
        while (kind != ControlKind.Between && reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("pid"u8))
            {
                reader.Read();
                return new LogMark(kind, reader.GetInt32());
            }
        }

        return new LogMark(ControlKind.Between, 0);
    }
}
