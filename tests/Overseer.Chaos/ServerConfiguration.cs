namespace Overseer.Chaos;

/// <summary>The configuration of the server under test.</summary>
internal static class ServerConfiguration
{
    private static readonly string[] Parameters = ["token", "life", "key", "out", "err", "rhythm", "end", "code", "term", "daemon"];

    // Small segments and short lines, so that journals roll and long lines come in parts.
    internal static string Text(ChaosPlaces places) =>
        $$"""
        listen: "127.0.0.1:0"
        limits:
          segment_bytes: 1MiB
          max_line_bytes: 100KiB
          max_tasks: 100000
        actions:
          work:
            type: exec
            stop: {signal: TERM, grace: 2s}
            config:
              entrypoint: {{places.Worker}}
              command: ["{{places.Root}}", {{string.Join(", ", Parameters.Select(name => $"\"[[.{name}]]\""))}}]
              parameters:
        {{string.Join('\n', Parameters.Select(name => $"        {name}:"))}}

        """;
}
