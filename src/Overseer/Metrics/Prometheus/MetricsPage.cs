using System.Text;
using Microsoft.AspNetCore.Http;
using Overseer.Server.Http;

namespace Overseer.Metrics.Prometheus;

/// <summary><c>GET /metrics</c>.</summary>
internal sealed class MetricsPage(OverseerMetrics metrics) : IDisposable
{
    private readonly MetricsCollector _collector = new(metrics);

    /// <summary>Answers one request; who may ask was decided before. A connection that takes nothing for as long as <paramref name="patience"/> is dropped.</summary>
    public async Task AnswerAsync(HttpContext http, TimeSpan patience, TimeProvider clock)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = "GET, HEAD";
            return;
        }

        var format = MetricsFormat.For(http.Request.Headers.Accept);
        var page = Encoding.UTF8.GetBytes(_collector.Collect(families => new MetricsWriter(format).Write(families)));
        http.Response.ContentType = format.ContentType;
        http.Response.ContentLength = page.Length;
        http.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await http.WriteBodyAsync(page, patience, clock);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _collector.Dispose();
}
