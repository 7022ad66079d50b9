using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Reloading;

/// <summary>Short ways to configurations and to what a reload says.</summary>
internal static class Reloads
{
    /// <summary>An action that runs a script.</summary>
    public static string Action(string name, string script = "[[.script]]", string more = "", string config = "") =>
        $$"""
          {{name}}:
            type: exec
        {{Indented(more, 4)}}
            config:
              entrypoint: sh
              command: ["-c", "{{script}}"]
              parameters: {script: ""}
        {{Indented(config, 6)}}

        """;

    /// <summary>A configuration of these actions, with settings of the top level before them.</summary>
    public static string Yaml(string settings, params string[] actions) => settings + "\n" + (actions.Length == 0 ? "" : "actions:\n" + string.Concat(actions));

    /// <summary>Has the server read its configuration again.</summary>
    public static Task<WireMessage> ReloadAsync(this WireClient client) => client.AskBesideEventsAsync("reload");

    /// <summary>Has the server go by another configuration, in which nothing is wrong.</summary>
    public static async Task<WireMessage> ReloadAsync(this RunningServer server, WireClient client, string yaml)
    {
        server.Configure(yaml);
        var answer = await client.ReloadAsync();
        Assert.True(answer.Json.GetProperty("applied").GetBoolean(), answer.Json.GetRawText());
        Assert.Empty(answer.Texts("errors"));
        return answer;
    }

    /// <summary>A field that is a list of texts.</summary>
    public static string[] Texts(this WireMessage message, string field) => [.. message.Json.GetProperty(field).EnumerateArray().Select(text => text.GetString()!)];

    /// <summary>Starts a task of an action with a script.</summary>
    public static Task<WireMessage> StartAsync(this WireClient client, string action, string taskId, string script) =>
        client.AskAsync("start", ("action", action), ("task_id", taskId), ("params", new JsonObject { ["script"] = script }));

    private static string Indented(string text, int by) => string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new string(' ', by) + line));
}
