using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Overseer.Drivers.Docker.Engine;

/// <summary>
/// What is needed of the Docker Engine API, over its UNIX socket; podman speaks it as well. Each request that is under way has a connection of its own, and none a thread. Thread-safe.
/// </summary>
internal sealed class EngineClient : IDisposable
{
    /// <summary>The version of the API that this was written for; older engines are spoken to in their own.</summary>
    private static readonly Version Known = new(1, 47);

    /// <summary>How long a short request may take: an engine under load is slow, one that hangs must not be waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private string? _prefix;

    /// <summary>Makes a client; nothing is connected yet.</summary>
    /// <param name="socket">Absolute path of the engine's socket.</param>
    /// <param name="clock">Time.</param>
    public EngineClient(string socket, TimeProvider clock)
    {
        Socket = socket;
        _clock = clock;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,

            // A connection is used once: a request on one that the engine has just closed would be sent again by the handler, and nothing may be started twice.
            PooledConnectionLifetime = TimeSpan.Zero,
        })
        {
            BaseAddress = new Uri("http://engine/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Path of the socket.</summary>
    public string Socket { get; }

    /// <summary>Whether somebody is there, and in which version of the API is spoken from now on.</summary>
    public async Task<string> PingAsync(CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Get, "_ping", null, HttpCompletionOption.ResponseContentRead, Patience, cancellation, versioned: false);
        var offered = answer.Headers.TryGetValues("Api-Version", out var values) && Version.TryParse(values.First(), out var version) ? version : Known;
        var spoken = offered < Known ? offered : Known;
        Volatile.Write(ref _prefix, $"v{spoken}/");
        return spoken.ToString();
    }

    /// <summary>What the engine is.</summary>
    public Task<EngineVersion> VersionAsync(CancellationToken cancellation) => GetAsync("version", EngineJson.Default.EngineVersion, cancellation);

    /// <summary>An image; null when the engine does not have it.</summary>
    public Task<ImageDetails?> FindImageAsync(string image, CancellationToken cancellation) =>
        FindAsync($"images/{Escaped(image).Replace("%2F", "/", StringComparison.Ordinal)}/json", EngineJson.Default.ImageDetails, cancellation);

    /// <summary>Fetches an image. Takes as long as it takes.</summary>
    /// <exception cref="EngineRefusedException">It cannot be had.</exception>
    public async Task PullAsync(string image, CancellationToken cancellation)
    {
        var (name, tag) = ImageName.Split(image);
        var query = $"images/create?fromImage={Escaped(name)}&tag={Escaped(tag)}";
        using var answer = await SendAsync(HttpMethod.Post, query, null, HttpCompletionOption.ResponseHeadersRead, Timeout.InfiniteTimeSpan, cancellation);
        await foreach (var step in LinesAsync(answer, EngineJson.Default.PullStep, cancellation))
        {
            if (step.Error is { } error) throw new EngineRefusedException(HttpStatusCode.OK, error);
        }
    }

    /// <summary>Creates a container; it does not run yet.</summary>
    /// <param name="name">Its name; the engine refuses a second one of it.</param>
    /// <param name="spec">What it is.</param>
    /// <param name="cancellation">Ends the wait; it may be created all the same.</param>
    /// <returns>Its id.</returns>
    public async Task<string> CreateAsync(string name, ContainerSpec spec, CancellationToken cancellation)
    {
        using var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(spec, EngineJson.Default.ContainerSpec));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await SendAsync(HttpMethod.Post, $"containers/create?name={Escaped(name)}", body, HttpCompletionOption.ResponseContentRead, Patience, cancellation);
        return (await ReadAsync(answer, EngineJson.Default.ContainerCreated, cancellation)).Id;
    }

    /// <summary>Starts a container. One that runs is left alone; one that is over would run again.</summary>
    public Task StartAsync(string id, CancellationToken cancellation) => DoAsync(HttpMethod.Post, $"containers/{Escaped(id)}/start", cancellation);

    /// <summary>Sends a signal to a container's first process.</summary>
    public Task KillAsync(string id, int signal, CancellationToken cancellation) => DoAsync(HttpMethod.Post, $"containers/{Escaped(id)}/kill?signal={signal}", cancellation);

    /// <summary>Waits until a container does not run, for as long as that takes.</summary>
    /// <exception cref="EngineRefusedException">It is gone, or was removed meanwhile.</exception>
    public async Task<int> WaitAsync(string id, CancellationToken cancellation)
    {
        var path = $"containers/{Escaped(id)}/wait?condition=not-running";
        using var answer = await SendAsync(HttpMethod.Post, path, null, HttpCompletionOption.ResponseHeadersRead, Timeout.InfiniteTimeSpan, cancellation);
        var waited = await ReadAsync(answer, EngineJson.Default.ContainerWaited, cancellation);
        if (waited.Error?.Message is { Length: > 0 } error) throw new EngineRefusedException(HttpStatusCode.OK, error);
        return (int)waited.StatusCode;
    }

    /// <summary>A container by id or name; null when there is none.</summary>
    public Task<ContainerDetails?> FindAsync(string idOrName, CancellationToken cancellation) =>
        FindAsync($"containers/{Escaped(idOrName)}/json", EngineJson.Default.ContainerDetails, cancellation);

    /// <summary>All containers with a label, those that are over too.</summary>
    /// <param name="label"><c>NAME</c> or <c>NAME=VALUE</c>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<IReadOnlyList<ContainerSummary>> ListAsync(string label, CancellationToken cancellation)
    {
        return GetAsync($"containers/json?all=true&filters={Filter("label", label)}", EngineJson.Default.IReadOnlyListContainerSummary, cancellation);
    }

    /// <summary>The exit code of a container that may be gone already, as far as the engine remembers; null when it does not.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="since">From when on to look.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<int?> FindExitAsync(string id, DateTimeOffset since, CancellationToken cancellation)
    {
        // An end in the past or, at the latest, a moment from now: without one an engine goes on for ever. podman wants to be told twice.
        var until = _clock.GetUtcNow().ToUnixTimeSeconds() + 1;
        var path = $"events?stream=false&since={since.ToUnixTimeSeconds()}&until={until}&filters={Filter("container", id)}";
        using var answer = await SendAsync(HttpMethod.Get, path, null, HttpCompletionOption.ResponseHeadersRead, Patience, cancellation);
        int? code = null;
        await foreach (var happened in LinesAsync(answer, EngineJson.Default.EngineEvent, cancellation)) code = happened.ExitCode ?? code;
        return code;
    }

    /// <summary>Removes a container; one that is not there is fine.</summary>
    /// <param name="id">Its id or name.</param>
    /// <param name="force">Whether one that runs is killed for it; else it is refused.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task RemoveAsync(string id, bool force, CancellationToken cancellation)
    {
        try
        {
            await DoAsync(HttpMethod.Delete, $"containers/{Escaped(id)}?v=true&force={(force ? "true" : "false")}", cancellation);
        }
        catch (EngineRefusedException e) when (e.IsMissing)
        {
            // That is what was wanted.
        }
    }

    /// <summary>Opens a container's output of both streams, with times.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="tty">Whether it has a terminal (<see cref="ContainerConfig.Tty"/>).</param>
    /// <param name="follow">Whether to go on until it is over; else what there is now.</param>
    /// <param name="since">From when on, to the second, cut; null for all.</param>
    /// <param name="cancellation">Ends the opening.</param>
    public async Task<LogStream> OpenLogAsync(string id, bool tty, bool follow, DateTimeOffset? since, CancellationToken cancellation)
    {
        var from = since is { } at ? $"&since={at.ToUnixTimeSeconds()}" : "";
        var path = $"containers/{Escaped(id)}/logs?stdout=true&stderr=true&timestamps=true&follow={(follow ? "true" : "false")}{from}";
        var answer = await SendAsync(HttpMethod.Get, path, null, HttpCompletionOption.ResponseHeadersRead, Timeout.InfiniteTimeSpan, cancellation);
        return new LogStream(await answer.Content.ReadAsStreamAsync(cancellation), answer, Socket, tty);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string Filter(string name, string value) =>
        Escaped(JsonSerializer.Serialize(new Dictionary<string, IReadOnlyList<string>> { [name] = [value] }, EngineJson.Default.IReadOnlyDictionaryStringIReadOnlyListString));

    private static string Escaped(string text) => Uri.EscapeDataString(text);

    private async Task DoAsync(HttpMethod method, string path, CancellationToken cancellation) =>
        (await SendAsync(method, path, null, HttpCompletionOption.ResponseContentRead, Patience, cancellation)).Dispose();

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, HttpCompletionOption.ResponseContentRead, Patience, cancellation);
        return await ReadAsync(answer, type, cancellation);
    }

    private async Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await GetAsync(path, type, cancellation);
        }
        catch (EngineRefusedException e) when (e.IsMissing)
        {
            return null;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? body, HttpCompletionOption completion, TimeSpan patience, CancellationToken cancellation, bool versioned = true)
    {
        if (versioned && Volatile.Read(ref _prefix) is null) await PingAsync(cancellation);
        using var limit = new CancellationTokenSource(patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        HttpResponseMessage answer;
        try
        {
            using var request = new HttpRequestMessage(method, (versioned ? Volatile.Read(ref _prefix) : "") + path) { Content = body };
            answer = await _http.SendAsync(request, completion, either.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new EngineUnreachableException(Socket, $"no answer within {patience.TotalSeconds} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The next one to answer may be of another version.
            Volatile.Write(ref _prefix, null);
            throw e.InnerException is SocketException { } refused ? EngineUnreachableException.Refused(Socket, refused) : new EngineUnreachableException(Socket, "the connection broke", e);
        }

        if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotModified) return answer;
        using (answer) throw await RefusedAsync(answer, cancellation);
    }

    private async Task<EngineRefusedException> RefusedAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        string? message = null;
        try
        {
            message = (await ReadAsync(answer, EngineJson.Default.EngineProblem, cancellation)).Message;
        }
        catch (EngineRefusedException)
        {
            // It says no more than its status.
        }

        return new EngineRefusedException(answer.StatusCode, string.IsNullOrWhiteSpace(message) ? $"the engine answered {(int)answer.StatusCode} {answer.ReasonPhrase}" : message.Trim());
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
            return await JsonSerializer.DeserializeAsync(stream, type, cancellation) ?? throw NotUnderstood(null);
        }
        catch (JsonException e)
        {
            throw NotUnderstood(e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new EngineUnreachableException(Socket, "the connection broke", e);
        }
    }

    private async IAsyncEnumerable<T> LinesAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
        await using var values = JsonSerializer.DeserializeAsyncEnumerable(stream, type, topLevelValues: true, cancellation).GetAsyncEnumerator(cancellation);
        while (true)
        {
            try
            {
                if (!await values.MoveNextAsync()) yield break;
            }
            catch (JsonException e)
            {
                throw NotUnderstood(e);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                throw new EngineUnreachableException(Socket, "the connection broke", e);
            }

            if (values.Current is { } value) yield return value;
        }
    }

    private EngineRefusedException NotUnderstood(Exception? e) =>
        new(HttpStatusCode.OK, $"what answers at {Socket} does not speak the Docker Engine API{(e is null ? "" : $": {e.Message}")}");

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
