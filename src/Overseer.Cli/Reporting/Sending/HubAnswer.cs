using System.Text.Json;

namespace Overseer.Cli.Reporting.Sending;

/// <summary>What a hub says to a container.</summary>
internal abstract record HubAnswer
{
    private const int MostShown = 200;

    private HubAnswer()
    {
    }

    /// <summary>Reads a message; null for one that says nothing to a container.</summary>
    internal static HubAnswer? Read(ReadOnlyMemory<byte> message)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(message);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Member(root, "type") is not { } type)
                return null;
            JsonElement data = root.TryGetProperty("data", out JsonElement found) && found.ValueKind == JsonValueKind.Object ? found : default;
            return type.ToUpperInvariant() switch
            {
                "HEARTBEAT" => ReadHeartbeat(data),
                "ERROR" => new Error(Member(data, "code") ?? "", Shown(Member(data, "error") ?? Member(root, "message"))),
                "COMMAND" when Member(data, "command") is { } command => new Command(Shown(command)),
                _ => null,
            };
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Heartbeat ReadHeartbeat(JsonElement data)
        => data.ValueKind == JsonValueKind.Object && data.TryGetProperty("delivery", out JsonElement delivery) && delivery.ValueKind == JsonValueKind.Object
            && Member(delivery, "id") is { } id && delivery.TryGetProperty("n", out JsonElement number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out long last)
            ? new Heartbeat(id, last)
            : new Heartbeat(null, 0);

    private static string? Member(JsonElement data, string name)
        => data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // It goes to a terminal.
    private static string Shown(string? text) => new([.. (text ?? "").Select(letter => char.IsControl(letter) ? ' ' : letter).Take(MostShown)]);

    /// <summary>The answer to a sign of life.</summary>
    /// <param name="DeliveryId">The delivery that was asked about; null from a hub that knows of none.</param>
    /// <param name="Last">The last number of it that the hub has.</param>
    internal sealed record Heartbeat(string? DeliveryId, long Last) : HubAnswer;

    /// <summary>Something that it did not take.</summary>
    internal sealed record Error(string Code, string Text) : HubAnswer;

    /// <summary>Somebody wants the command to do something.</summary>
    internal sealed record Command(string Name) : HubAnswer;
}
