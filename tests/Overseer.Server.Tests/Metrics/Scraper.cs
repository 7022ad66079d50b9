using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Metrics;

/// <summary>Scrapes a server as Prometheus does.</summary>
internal sealed class Scraper(string address) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = WireClient.Deadline };

    public static Scraper Of(RunningServer server) => new($"http://{server.EndPoint}/metrics");

    public async Task<PrometheusPage> ScrapeAsync() => PrometheusPage.Parse(await _http.GetStringAsync(new Uri(address)));

    /// <summary>Scrapes until it fits.</summary>
    public async Task<PrometheusPage> UntilAsync(string what, Func<PrometheusPage, bool> fits)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (true)
        {
            var page = await ScrapeAsync();
            if (fits(page))
            {
                return page;
            }

            Assert.False(deadline.IsCancellationRequested, $"waited for {what}; last:\n{string.Join('\n', page.Samples)}");
            await Task.Delay(20);
        }
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, address);
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await _http.SendAsync(request);
    }

    public void Dispose() => _http.Dispose();
}
