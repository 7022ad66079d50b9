using System.Net.Sockets;
using System.Text.Json;

namespace Overseer.Diagnosis;

/// <summary>Whether a server runs in these places, and what it says about itself.</summary>
internal sealed class ServerExamination : IExamination
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public string Name => "server";

    public IEnumerable<Finding> Examine(Patient patient)
    {
        if (patient.Places is not { } places || patient.ServerPid is not { } pid)
        {
            return [Finding.Ok(Name, "none runs with this state directory")];
        }

        try
        {
            using var answer = JsonDocument.Parse(HealthAsync(places.ServerSocket).GetAwaiter().GetResult());
            var health = answer.RootElement;
            List<Finding> findings = [];
            if (health.GetProperty("status").GetString() == "ok")
            {
                findings.Add(Finding.Ok(Name, $"pid {pid} runs, with {health.GetProperty("tasks")} tasks and {health.GetProperty("connections")} connections"));
            }
            else
            {
                findings.Add(Finding.Failed(Name, $"pid {pid} says: {health.GetProperty("problem").GetString()}", "see its log, and docs/reliability.md"));
            }

            if (health.TryGetProperty("event_log", out var log))
            {
                findings.Add(Finding.Warning("event log", log.GetString()!, "make room, or correct the permissions of its directory; it goes on by itself"));
            }

            return findings;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException or IOException)
        {
            return [Finding.Failed(Name, $"pid {pid} holds {places.StateDirectory}, but does not answer at {places.ServerSocket}: {e.Message}", "see its log; end it if it is stuck: its tasks go on, and the next server finds them")];
        }
    }

    private static async Task<string> HealthAsync(string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        http.Timeout = Patience;
        using var answer = await http.GetAsync(new Uri("http://localhost/healthz"));
        return await answer.Content.ReadAsStringAsync();
    }
}
