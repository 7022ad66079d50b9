using System.Text;
using Microsoft.AspNetCore.Http;

namespace Overseer.Metrics.Prometheus;

/// <summary><c>GET /metrics</c>.</summary>
internal sealed class MetricsPage(OverseerMetrics metrics) : IDisposable
{
    private readonly MetricsCollector _collector = new(metrics);

    /// <summary>Answers one request; who may ask was decided before.</summary>
    public async Task AnswerAsync(HttpContext http)
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
            await http.Response.Body.WriteAsync(page, http.RequestAborted);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _collector.Dispose();
}
