using Microsoft.AspNetCore.Http;
using Overseer.Server.Limits;
using Overseer.Server.Trust;

namespace Overseer.Server.Http;

/// <summary>What can be read by HTTP: the state of the server, its numbers, the documents about the protocol. Who may read was decided before.</summary>
internal sealed class HttpPages(ServerContext context, Func<HealthReport> health)
{
    private readonly RequestSlots _slots = new(context.Limits.MaxHttpRequests);

    /// <summary>Whether there is something to read at a path.</summary>
    public static bool Has(string? path) => path is "/ws/manifest" or "/openapi.json" or "/healthz" or "/metrics";

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
                "/ws/manifest" => DocumentAsync(http, context.DocumentsFor(caller.Grant).Manifest),
                "/openapi.json" => DocumentAsync(http, context.DocumentsFor(caller.Grant).OpenApi),
                "/healthz" => HealthAsync(http, caller),
                "/metrics" => context.Metrics.Page.AnswerAsync(http),
                _ => http.TextAsync(StatusCodes.Status404NotFound, "not found; the WebSocket is at /ws"),
            });
        }
        finally
        {
            _slots.Release();
        }
    }

    private static async Task DocumentAsync(HttpContext http, ReadOnlyMemory<byte> json)
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
            await http.Response.Body.WriteAsync(json, http.RequestAborted);
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
