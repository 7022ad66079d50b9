namespace Overseer.Chaos;

/// <summary>The configuration of the server under test.</summary>
internal static class ServerConfiguration
{
    /// <summary>The action without a limit.</summary>
    internal const string Work = "work";

    /// <summary>The action with a limit and a queue.</summary>
    internal const string Pooled = "pooled";

    /// <summary>The action whose tasks read what clients write.</summary>
    internal const string Reading = "reading";

    /// <summary>How many tasks of <see cref="Pooled"/> run at once.</summary>
    internal const int Limit = 4;

    /// <summary>How many of them wait.</summary>
    internal const int QueueSize = 6;

    /// <summary>What those get that are ended to make room.</summary>
    internal static readonly TimeSpan ExcessGrace = TimeSpan.FromSeconds(2);

    private static readonly string[] Parameters = ["token", "life", "key", "out", "err", "rhythm", "end", "code", "term", "daemon", "pool", "input"];

    // Small segments and short lines, so that journals roll and long lines come in parts.
    internal static string Text(ChaosPlaces places) =>
        $$"""
        listen: "127.0.0.1:0"
        limits:
          segment_bytes: 1MiB
          max_line_bytes: 100KiB
          max_tasks: 100000
        actions:
        {{Action(places, Work)}}
        {{Action(places, Pooled)}}
            task_pool:
              limit: {{Limit}}
              queue: {enabled: true, size: {{QueueSize}}, max_age: 30}
              excess: {action: requeue, grace: {{ExcessGrace.TotalSeconds}}}
        {{Action(places, Reading)}}
              stdin: pipe

        """;

    private static string Action(ChaosPlaces places, string name) =>
        $$"""
          {{name}}:
            type: exec
            stop: {signal: TERM, grace: 2s}
            config:
              entrypoint: {{places.Worker}}
              command: ["{{places.Root}}", {{string.Join(", ", Parameters.Select(parameter => $"\"[[.{parameter}]]\""))}}]
              parameters: { {{string.Join(", ", Parameters.Select(parameter => parameter + ": "))}} }
        """;
}
