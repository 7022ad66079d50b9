using Overseer.Core.Configuration;

namespace Overseer.Configuration.Reading;

/// <summary>
/// Lays environment and flags over a document, as values that know the variable or flag they came from, so that the same readers check
/// them and name them in errors.
/// </summary>
internal sealed class Overlay(ConfigMapping document)
{
    private readonly Dictionary<string, ConfigNode> _entries = document.Entries.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);

    /// <summary>The document with everything that was laid over it.</summary>
    public ConfigMapping Result => new([.. _entries], document.File, document.Line, document.Column, document.Path);

    /// <summary>Lays all variables over it, then all flags.</summary>
    /// <exception cref="ConfigurationException">OVERSEER_PORT is no port: it cannot be shown as an address.</exception>
    public Overlay Apply(ConfigurationSources sources)
    {
        var environment = sources.Environment;
        Port(environment);
        if (sources.IsHub) HubAddress(environment);
        Addresses("OVERSEER_LISTEN", (environment.GetValueOrDefault("OVERSEER_LISTEN") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        Value("db", "OVERSEER_DB", environment.GetValueOrDefault("OVERSEER_DB"));
        EventLog("OVERSEER_LOG_FILE", environment.GetValueOrDefault("OVERSEER_LOG_FILE"));
        Tokens("OVERSEER_TOKENS", environment.GetValueOrDefault("OVERSEER_TOKENS"));
        Value("tokens_file", "OVERSEER_TOKENS_FILE", environment.GetValueOrDefault("OVERSEER_TOKENS_FILE"));
        Value("audit_file", "OVERSEER_AUDIT_FILE", environment.GetValueOrDefault("OVERSEER_AUDIT_FILE"));
        Value("trusted_cidrs", "OVERSEER_TRUSTED_CIDRS", environment.GetValueOrDefault("OVERSEER_TRUSTED_CIDRS"));
        Value("protocol", "OVERSEER_PROTOCOL", environment.GetValueOrDefault("OVERSEER_PROTOCOL"));
        Value("recorder", "OVERSEER_RECORDER", environment.GetValueOrDefault("OVERSEER_RECORDER"));
        AskForHub(sources);
        Inside("hub", environment, [("token", "AUTH_TOKEN"), ("heartbeat_interval", "HEARTBEAT_INTERVAL"), ("session_timeout", "SESSION_TIMEOUT"), ("max_sessions", "MAX_SESSIONS")]);
        Inside("goproc", environment, [("socket", "GOPROC_SOCKET"), ("liveness_interval", "GOPROC_LIVENESS_INTERVAL"), ("last_seen_interval", "GOPROC_LAST_SEEN_INTERVAL")]);

        Addresses("--listen", sources.Listen);
        Value("db", "--db", sources.Database);
        Value("protocol", "--protocol", sources.Protocol);
        Value("recorder", "--recorder", sources.Recorder);
        Shutdown(sources.Shutdown);
        if (!string.IsNullOrEmpty(sources.Command))
        {
            Value("command", "--command", sources.Command);
            _entries.TryAdd("commands", new ConfigScalar("pinned", file: "--command"));
            _entries.TryAdd("protocol", new ConfigScalar("v1", file: "--command"));
        }

        return this;
    }

    /// <summary>
    /// What holds without any configuration file: who runs the server may run what he likes, and whoever calls it by the old program's name has clients of that.
    /// </summary>
    public Overlay WithoutFile(ConfigurationSources sources)
    {
        if (!_entries.ContainsKey("command")) _entries.TryAdd("commands", new ConfigScalar("owner"));
        if (sources.IsStickyOverseer) _entries.TryAdd("protocol", new ConfigScalar("v1"));
        return this;
    }

    private void Value(string key, string source, string? value)
    {
        if (!string.IsNullOrEmpty(value)) _entries[key] = new ConfigScalar(value, quoted: true, source);
    }

    /// <summary>The flag says what happens to tasks; the grace time stays that of the file.</summary>
    private void Shutdown(string? tasks)
    {
        if (string.IsNullOrEmpty(tasks)) return;
        var value = new ConfigScalar(tasks, quoted: true, "--shutdown");
        _entries["shutdown"] = _entries.GetValueOrDefault("shutdown") is ConfigMapping file
            ? new ConfigMapping([.. file.Entries.Where(entry => entry.Key != "tasks"), new("tasks", value)], file.File, file.Line, file.Column, file.Path)
            : value;
    }

    /// <summary>The variable names the file; when it is rotated is still what the configuration says.</summary>
    private void EventLog(string source, string? path)
    {
        if (string.IsNullOrEmpty(path)) return;
        var value = new ConfigScalar(path, quoted: true, source);
        _entries["log_file"] = _entries.GetValueOrDefault("log_file") is ConfigMapping file
            ? new ConfigMapping([.. file.Entries.Where(entry => entry.Key != "path"), new("path", value)], file.File, file.Line, file.Column, file.Path)
            : value;
    }

    private void Tokens(string source, string? list)
    {
        if (!string.IsNullOrEmpty(list)) _entries["tokens"] = TokenVariable.Parse(source, list);
    }

    private void Addresses(string source, IReadOnlyList<string> addresses)
    {
        if (addresses.Count > 0) _entries["listen"] = new ConfigSequence([.. addresses.Select(address => new ConfigScalar(address, quoted: true, source))], source);
    }

    /// <summary>The older way of saying where to listen; it always meant all addresses of the machine.</summary>
    private void Port(IReadOnlyDictionary<string, string> environment)
    {
        const string Source = "OVERSEER_PORT";
        if (environment.GetValueOrDefault(Source) is not { Length: > 0 } port) return;
        var address = new ConfigScalar(port, quoted: true, Source);
        if (ListenAddressParser.Parse(port, out _) is not ListenAddress.Tcp { Host: "" } || port.StartsWith(':'))
            throw new ConfigurationException(address, $"\"{port}\" is not a port from 0 to 65535");
        _entries["listen"] = address;
    }

    /// <summary>A token asks for the hub by itself: it would be worse to serve without one that somebody has set.</summary>
    private void AskForHub(ConfigurationSources sources)
    {
        var said = _entries.GetValueOrDefault("hub");
        var isOpen = said is null or ConfigScalar { Value: null or "" };
        if (sources.IsHub && said is ConfigScalar or null) _entries["hub"] = new ConfigMapping([], "overseer hub");
        else if (isOpen && sources.Environment.GetValueOrDefault("AUTH_TOKEN") is { Length: > 0 }) _entries["hub"] = new ConfigMapping([], "AUTH_TOKEN");
    }

    /// <summary>How other hubs are told where to listen: <c>HOST</c>, else this machine alone, and <c>PORT</c>, else 8080.</summary>
    private void HubAddress(IReadOnlyDictionary<string, string> environment)
    {
        var (host, port) = (environment.GetValueOrDefault("HOST") ?? "", environment.GetValueOrDefault("PORT") ?? "");
        if (host.Length == 0 && port.Length == 0) return;
        if (port.Length > 0 && (port.StartsWith(':') || ListenAddressParser.Parse(port, out _) is not ListenAddress.Tcp { Host: "" }))
            throw new ConfigurationException(new ConfigScalar(port, quoted: true, "PORT"), $"\"{port}\" is not a port from 0 to 65535");
        var name = host.Length == 0 ? "127.0.0.1" : host.Contains(':') && !host.StartsWith('[') ? $"[{host}]" : host;
        _entries["listen"] = new ConfigScalar($"{name}:{(port.Length == 0 ? "8080" : port)}", quoted: true, host.Length == 0 ? "PORT" : "HOST");
    }

    /// <summary>Variables with names of their own count only where the feature is asked for: a stray MAX_SESSIONS asks for nothing.</summary>
    private void Inside(string key, IReadOnlyDictionary<string, string> environment, (string Key, string Variable)[] variables)
    {
        var section = _entries.GetValueOrDefault(key) switch
        {
            ConfigMapping mapping => mapping,
            ConfigScalar { Value: "true" or "True" or "TRUE" } flag => new ConfigMapping([], flag.File, flag.Line, flag.Column, flag.Path),
            _ => null,
        };
        if (section is null) return;
        var entries = section.Entries.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        foreach (var (name, variable) in variables)
        {
            if (environment.GetValueOrDefault(variable) is not { Length: > 0 } value) continue;
            // The hub's variables are plain milliseconds; a duration with its unit is taken too.
            var milliseconds = variable is "HEARTBEAT_INTERVAL" or "SESSION_TIMEOUT" && value.All(char.IsAsciiDigit);
            entries[name] = new ConfigScalar(milliseconds ? value + "ms" : value, quoted: true, variable);
        }

        _entries[key] = new ConfigMapping([.. entries], section.File, section.Line, section.Column, section.Path);
    }
}
