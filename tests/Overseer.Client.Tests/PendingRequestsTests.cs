using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Overseer.Protocols.V2;

namespace Overseer.Client.Tests;

/// <summary>An answer that is not known by its id would never reach who asked.</summary>
public sealed class PendingRequestsTests
{
    private static readonly string Golden = Path.Combine(Path.GetDirectoryName(Here())!, "..", "Overseer.Protocols.Tests", "Golden", "server");

    public static TheoryData<string> Messages =>
        [.. Directory.GetFiles(Golden).SelectMany(File.ReadLines).Where(line => line.StartsWith('{'))];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_message_with_an_id_answers_the_request_of_that_id(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        string? id = document.RootElement.TryGetProperty("id", out JsonElement value) ? value.GetString() : null;

        ServerMessage message = ServerMessageReader.Read(Encoding.UTF8.GetBytes(json)).Message!;

        Assert.Equal(id, PendingRequests.IdOf(message));
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
