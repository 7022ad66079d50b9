using System.Diagnostics;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Browser;

/// <summary>The browser of the distribution, started once for all tests of a class. Names below <c>example</c> lead to this machine.</summary>
public sealed class ChromiumBrowser : IAsyncLifetime
{
    private readonly string _profile = Directory.CreateTempSubdirectory("overseer-browser-").FullName;
    private Process _process = null!;
    private DevTools _tools = null!;
    private Task _talk = null!;

    public async ValueTask InitializeAsync()
    {
        _process = Process.Start(new ProcessStartInfo(
            "/usr/bin/chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--remote-debugging-port=0", $"--user-data-dir={_profile}", "--host-resolver-rules=MAP *.example 127.0.0.1", "about:blank",
            ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        _tools = await DevTools.ConnectAsync(_process);
        _talk = Task.WhenAll(_process.StandardError.ReadToEndAsync(), _process.StandardOutput.ReadToEndAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _tools.AskAsync("Browser.close", []);
        await _tools.DisposeAsync();
        await _process.WaitForExitAsync().WaitAsync(WireClient.Deadline);
        await _talk.WaitAsync(WireClient.Deadline);
        _process.Dispose();
        Directory.Delete(_profile, recursive: true);
    }

    /// <summary>A tab at an address, with nothing of what other tabs have.</summary>
    internal async Task<BrowserPage> OpenAsync(string url)
    {
        var context = (await _tools.AskAsync("Target.createBrowserContext", []))["browserContextId"]!.GetValue<string>();
        var target = (await _tools.AskAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank", ["browserContextId"] = context }))["targetId"]!.GetValue<string>();
        var session = (await _tools.AskAsync("Target.attachToTarget", new JsonObject { ["targetId"] = target, ["flatten"] = true }))["sessionId"]!.GetValue<string>();
        await _tools.AskAsync("Page.enable", [], session);
        await _tools.AskAsync("Network.enable", [], session);
        var page = new BrowserPage(_tools, context, session);
        await page.GoAsync(url);
        return page;
    }
}
