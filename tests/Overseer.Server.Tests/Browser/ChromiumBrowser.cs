using Microsoft.Playwright;

namespace Overseer.Server.Tests.Browser;

/// <summary>The browser of the distribution, started once for all tests of a class. Names below <c>example</c> lead to this machine.</summary>
public sealed class ChromiumBrowser : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP *.example 127.0.0.1"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    /// <summary>A page of an origin, with nothing of what other pages have.</summary>
    internal async Task<BrowserPage> OpenAsync(string url)
    {
        var context = await _browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var answer = await page.GotoAsync(url);
        return new BrowserPage(context, page, answer!);
    }
}
