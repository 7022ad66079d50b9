using Microsoft.AspNetCore.Http;
using Overseer.Server.Limits;
using Overseer.Server.Trust;

namespace Overseer.Server.Http;

/// <summary>What can be read by HTTP: the state of the server, its numbers, the documents about the protocol. Who may read was decided before.</summary>
internal sealed class HttpPages(ServerContext context, Func<HealthReport> health)
{
    private readonly RequestSlots _slots = new(context.Limits.MaxHttpRequests);

    /// <summary>Where the state of the server is; anybody who may come in may know whether it is well.</summary>
    public const string Health = "/healthz";

    /// <summary>Where its numbers are.</summary>
    public const string Metrics = "/metrics";

    private const string Manifest = "/ws/manifest";
    private const string OpenApi = "/openapi.json";

    /// <summary>Whether there is something to read at a path.</summary>
    public static bool Has(string? path) => path is Manifest or OpenApi or Health or Metrics;

    /// <summary>Answers one request.</summary>
    public async Task AnswerAsync(HttpContext http, Caller caller)
    {
        if (!_slots.TryTake())
        {
            await http.BusyAsync($"too many requests at one time (limits.max_http_requests is {context.Limits.MaxHttpRequests})");
            return;
        }

        try
        {
            await (http.Request.Path.Value switch
            {
                Manifest => DocumentAsync(http, context.DocumentsFor(caller.Grant).Manifest),
                OpenApi => DocumentAsync(http, context.DocumentsFor(caller.Grant).OpenApi),
                Health => HealthAsync(http, caller),
                Metrics => context.Metrics.Page.AnswerAsync(http, context.Limits.HandshakeTimeout, context.Clock),
                _ => http.TextAsync(StatusCodes.Status404NotFound, "not found; the WebSocket is at /ws"),
            });
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task DocumentAsync(HttpContext http, ReadOnlyMemory<byte> json)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET, HEAD";
            await http.TextAsync(StatusCodes.Status405MethodNotAllowed, "this document can only be read; use GET");
            return;
        }

        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = json.Length;
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await http.WriteBodyAsync(json, context.Limits.HandshakeTimeout, context.Clock);
        }
    }

    private Task HealthAsync(HttpContext http, Caller caller)
    {
        var report = health();
        http.Response.StatusCode = report.Healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(caller.Grant is { Scope: > Scope.None, IsLimited: false } ? report.ToJson() : report.ToShortJson());
    }
}
