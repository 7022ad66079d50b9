using System.Text.Json;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using Overseer.Protocols.Schema;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Tests;

/// <summary>The descriptions of the protocol against the definitions that messages are read and written by: whatever is in one is in the others.</summary>
public sealed class DescriptionTests
{
    private static readonly string[] Kinds = ["string", "integer", "boolean", "object", "array", "map", "enum", "uuid", "timestamp", "duration"];
    private static readonly string[] Hints = ["hidden", "textarea", "json-editor", "password"];

    private static readonly ActionInfo Build = new()
    {
        Name = "build",
        Type = "exec",
        Description = "Builds a target",
        Params = new Dictionary<string, ParameterInfo>
        {
            ["jobs"] = new() { Default = "4", Validate = "int(value) > 0" },
            ["token"] = new() { Default = "***", Secret = true, Description = "For the registry." },
            ["target"] = null!,
            ["mode"] = new() { Enum = ["fast", "full"], Description = "How." },
        },
        TaskPool = PoolMessages.ToConfig(new PoolSettings { Limit = 2, QueueEnabled = true }),
        Retry = RetryPolicy.Empty,
        DedupeKey = ["target"],
    };

    private static readonly ActionInfo Plain = new()
    {
        Name = "größe \"x\"",
        Type = "exec",
        Params = new Dictionary<string, ParameterInfo>(),
        TaskPool = PoolMessages.ToConfig(PoolSettings.Unlimited),
        Retry = RetryPolicy.Empty,
    };

    private static JsonElement Manifest { get; } = JsonDocument.Parse(ManifestDocument.Make("1.2.3", [Build, Plain])).RootElement;

    private static JsonElement OpenApi { get; } = JsonDocument.Parse(OpenApiDocument.Make("1.2.3", [Build, Plain])).RootElement;

    private static List<JsonElement> Commands { get; } = [.. OpenApi.GetProperty("paths").GetProperty("/ws").GetProperty("ws").GetProperty("commands").EnumerateArray()];

    [Fact]
    public void The_manifest_says_what_it_is_about()
    {
        Assert.Equal(
            ["$schema", "protocol", "version", "description", "transport", "types", "messages", "operations", "actions"],
            Manifest.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("sticky-overseer", "1.2.3"), (Text(Manifest, "protocol"), Text(Manifest, "version")));
        Assert.Equal("""{"path":"/ws","type_field":"type","correlation_field":"id"}""", Manifest.GetProperty("transport").GetRawText());
    }

    [Fact]
    public void The_manifest_has_every_message_and_no_other()
    {
        var keys = ProtocolCatalog.Client.All.Select(d => d.Name)
            .Concat(ProtocolCatalog.Server.All.Select(d => d.Name is "pool_info" or "metrics" or "processes" or "sessions" or "manifest" ? d.Name + "_response" : d.Name));
        Assert.Equal(keys, Names(Manifest.GetProperty("messages")));
    }

    [Fact]
    public void Every_message_of_the_manifest_has_the_fields_that_are_read_and_written()
        => Assert.All(ProtocolCatalog.All, message =>
        {
            var described = Manifest.GetProperty("messages").GetProperty(ProtocolCatalog.KeyOf(message));
            Assert.Equal((string[])["description", "direction", "delivery", "fields"], Names(described));
            Assert.Equal(message.Direction == MessageDirection.ClientToServer ? "c2s" : "s2c", Text(described, "direction"));
            var fields = described.GetProperty("fields").EnumerateObject().ToList();
            Assert.Equal(message.Fields.Select(f => f.Name).Prepend("type"), fields.Select(f => f.Name));
            Assert.Equal(message.Name, Text(fields[0].Value, "default"));
            Assert.Equal("hidden", Text(fields[0].Value, "ui_hint"));
            AssertFields(message.Fields, described.GetProperty("fields"));
        });

    [Fact]
    public void Golden_messages_have_no_field_that_the_manifest_does_not_know_and_all_that_it_requires()
    {
        foreach (var message in ProtocolCatalog.All)
        {
            string folder = message.Direction == MessageDirection.ClientToServer ? "client/" : "server/";
            var fields = Manifest.GetProperty("messages").GetProperty(ProtocolCatalog.KeyOf(message)).GetProperty("fields");
            Assert.All(GoldenFiles.Lines(folder + message.Name), line => AssertFits(fields, JsonDocument.Parse(line).RootElement, line));
        }
    }

    [Theory]
    [InlineData("start", "direct")]
    [InlineData("started", "broadcast_subscribers")]
    [InlineData("queued", "broadcast")]
    [InlineData("dequeued", "broadcast")]
    [InlineData("pool_updated", "broadcast")]
    [InlineData("output", "broadcast_subscribers")]
    [InlineData("exited", "broadcast_subscribers")]
    [InlineData("metrics_response", "direct")]
    public void The_delivery_is_the_widest_there_is(string message, string delivery)
        => Assert.Equal(delivery, Text(Manifest.GetProperty("messages").GetProperty(message), "delivery"));

    [Fact]
    public void The_types_are_those_of_the_protocol_and_each_is_used()
    {
        string[] promised =
        [
            "TaskState", "WorkerState", "Stream", "QueueOrder", "ExcessAction", "KillOrder", "RetryPolicy", "DisplacePolicy", "QueueConfig", "ExcessConfig",
            "PoolConfig", "PoolInfo", "ParamSpec", "ActionInfo", "TaskInfo", "TaskMetrics", "ActionMetrics", "GlobalMetrics",
        ];
        string[] names = Names(Manifest.GetProperty("types"));
        Assert.Empty(promised.Except(names));
        string text = Manifest.GetRawText();
        Assert.All(names, name => Assert.Contains($"\"$ref\":\"#/types/{name}\"", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_type_of_the_manifest_has_the_fields_or_words_that_are_read_and_written()
    {
        foreach (var (name, type) in NamedTypes.All)
        {
            var described = Manifest.GetProperty("types").GetProperty(name);
            Assert.EndsWith(".", Text(described, "description"), StringComparison.Ordinal);
            if (type.Words.Count > 0)
            {
                Assert.Equal("enum", Text(described, "type"));
                Assert.Equal(type.Words, described.GetProperty("values").EnumerateArray().Select(v => v.GetString()));
            }
            else
            {
                Assert.Equal("object", Text(described, "type"));
                Assert.Equal(type.Fields.Select(f => f.Name), Names(described.GetProperty("fields")));
                AssertFields(type.Fields, described.GetProperty("fields"));
            }
        }
    }

    [Fact]
    public void Every_reference_leads_to_a_type_and_every_kind_is_one_that_clients_know()
    {
        var types = Manifest.GetProperty("types");
        Assert.All(Everything(Manifest.GetProperty("types")).Concat(Everything(Manifest.GetProperty("messages"))), one =>
        {
            if (one.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String)
                Assert.True(types.TryGetProperty(reference.GetString()!["#/types/".Length..], out _), reference.GetString());
            else if (one.TryGetProperty("type", out var kind) && kind.ValueKind == JsonValueKind.String)
                Assert.Contains(kind.GetString(), Kinds);
            if (one.TryGetProperty("ui_hint", out var hint) && hint.ValueKind == JsonValueKind.String)
                Assert.Contains(hint.GetString(), Hints);
        });
    }

    [Fact]
    public void There_is_one_operation_for_each_message_of_clients()
    {
        string[] promised =
        [
            "start_task", "stop_task", "reset_task", "list_tasks", "replay_task", "describe_actions", "get_pool_info", "purge_queue", "set_pool_limits",
            "subscribe_task", "unsubscribe_task", "get_metrics", "get_processes", "list_sessions", "get_manifest", "send_input", "send_signal", "adopt_process", "forget_task", "rename_label", "reload_configuration",
        ];
        var operations = Manifest.GetProperty("operations").EnumerateObject().ToList();
        Assert.Equal(promised, operations.Select(o => o.Name));
        Assert.Equal(
            ProtocolCatalog.Client.All.Select(d => d.Name).Order(StringComparer.Ordinal),
            operations.Select(o => Text(o.Value, "send")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_an_operation_leads_to_is_delivered_that_way()
        => Assert.All(Operations.All, operation =>
        {
            Assert.All(operation.Success, m => Assert.True(m.Delivery.HasFlag(MessageDelivery.Direct), m.Name));
            Assert.All(operation.Broadcast, m => Assert.True(m.Delivery.HasFlag(MessageDelivery.Broadcast), m.Name));
            Assert.All(operation.BroadcastSubscribers, m => Assert.True(m.Delivery.HasFlag(MessageDelivery.BroadcastSubscribers), m.Name));
            var described = Manifest.GetProperty("operations").GetProperty(operation.Name);
            Assert.Equal(
                $$$"""{"direct":{"success":{{{List(operation.Success)}}},"error":["error"]},"side_effects":{"broadcast":{{{List(operation.Broadcast)}}},"broadcast_subscribers":{{{List(operation.BroadcastSubscribers)}}}}}""",
                described.GetProperty("responses").GetRawText());
        });

    [Fact]
    public void Every_message_of_the_server_comes_of_some_operation()
        => Assert.Equal(
            ProtocolCatalog.Server.All.Select(d => d.Name).Order(StringComparer.Ordinal),
            Operations.All.SelectMany(o => o.Success.Concat(o.Broadcast).Concat(o.BroadcastSubscribers)).Append(ErrorMessage.Schema)
                .Select(m => m.Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void The_actions_of_the_manifest_are_those_that_describe_shows()
    {
        var shown = JsonDocument.Parse(Json.Bytes(new ActionsMessage { Actions = [Build, Plain], Id = "1" })).RootElement.GetProperty("actions");
        Assert.Equal(shown.GetRawText(), Manifest.GetProperty("actions").GetRawText());
        Assert.Equal("[]", JsonDocument.Parse(ManifestDocument.Make("1", [])).RootElement.GetProperty("actions").GetRawText());
    }

    [Fact]
    public void The_manifest_travels_in_a_message_byte_for_byte()
    {
        byte[] document = ManifestDocument.Make("1.2.3", [Build, Plain]);
        byte[] written = Json.Bytes(new ManifestResponse { Manifest = document, Id = "1" });
        Assert.Equal([.. "{\"type\":\"manifest\",\"manifest\":"u8, .. document, .. ",\"id\":\"1\"}"u8], written);
        var read = Assert.IsType<ManifestResponse>(ServerMessageReader.Read(written).Message);
        Assert.True(read.Manifest.Span.SequenceEqual(document));
    }

    [Fact]
    public void Swagger_has_one_command_for_each_message_of_clients_and_each_action()
    {
        Assert.Equal(("2.0", "1.2.3"), (Text(OpenApi, "swagger"), Text(OpenApi.GetProperty("info"), "version")));
        Assert.Equal(["/ws"], Names(OpenApi.GetProperty("paths")));
        var expected = ProtocolCatalog.Client.All.Select(d => "ws-" + d.Name.Replace('_', '-')).Append("start-build").Append("start-" + Plain.Name);
        Assert.Equal(expected.Order(StringComparer.Ordinal), Commands.Select(c => Text(c, "operationId")).Order(StringComparer.Ordinal));
        Assert.All(Commands, c => Assert.NotEqual("", Text(c, "summary")));
        Assert.All(Commands, c => Assert.NotEqual("", Text(c, "description")));
    }

    [Fact]
    public void Every_command_has_the_fields_of_its_message_and_its_type_hidden()
        => Assert.All(ProtocolCatalog.Client.All, message =>
        {
            var parameters = Parameters("ws-" + message.Name.Replace('_', '-'));
            Assert.Equal($$"""{"name":"type","type":"string","required":true,"hidden":true,"default":"{{message.Name}}"}""", parameters[0].GetRawText());
            Assert.Equal(message.Fields.Select(f => f.Name), parameters.Skip(1).Select(p => Text(p, "name")));
            Assert.Equal(message.Fields.Select(f => f.Required), parameters.Skip(1).Select(p => p.TryGetProperty("required", out _)));
            Assert.All(parameters, p => Assert.Contains(Text(p, "type"), Kinds.Except(["map", "enum"])));
        });

    [Fact]
    public void The_start_of_an_action_has_its_parameters_the_required_ones_first()
    {
        Assert.Equal(
            [
                """{"name":"type","type":"string","required":true,"hidden":true,"default":"start"}""",
                """{"name":"action","type":"string","required":true,"hidden":true,"default":"build"}""",
                """{"name":"target","type":"string","required":true}""",
                """{"name":"mode","description":"How. One of: fast, full.","type":"string","required":true}""",
                """{"name":"jobs","type":"string","default":"4","validate":"int(value) > 0"}""",
                """{"name":"token","description":"For the registry.","type":"string"}""",
            ],
            Parameters("start-build").Select(p => p.GetRawText()));
        var command = Commands.Single(c => Text(c, "operationId") == "start-build");
        Assert.Equal(("Start build", "Builds a target", "params"), (Text(command, "summary"), Text(command, "description"), Text(command, "params_key")));
        Assert.Equal("""["build"]""", command.GetProperty("tags").GetRawText());
    }

    [Fact]
    public void What_a_form_of_an_action_sends_is_a_start_that_is_read()
    {
        var fields = Parameters("start-" + Plain.Name).ToDictionary(p => Text(p, "name"), p => p.GetProperty("default").GetRawText());
        string message = "{\"id\":\"1\"," + string.Join(',', fields.Select(f => $"\"{f.Key}\":{f.Value}")) + "}";
        var read = ClientMessageReader.Read(System.Text.Encoding.UTF8.GetBytes(message));
        Assert.Equal(Plain.Name, Assert.IsType<StartMessage>(read.Message).Action);
    }

    private static List<JsonElement> Parameters(string operation)
        => [.. Commands.Single(c => Text(c, "operationId") == operation).GetProperty("parameters").EnumerateArray()];

    private static void AssertFields(IReadOnlyList<Field> fields, JsonElement described)
        => Assert.All(fields, field =>
        {
            var one = described.GetProperty(field.Name);
            Assert.Equal(field.Description, Text(one, "description"));
            Assert.Equal(field.Required, one.GetProperty("required").GetBoolean());
            Assert.Equal(field.Default, one.TryGetProperty("default", out var value) ? value.GetRawText() : null);
            AssertType(field.Type, one);
        });

    private static void AssertType(WireType type, JsonElement described)
    {
        if (NamedTypes.IsNamed(type))
            Assert.Equal("#/types/" + type.Name, Text(described, "$ref"));
        else
            Assert.Equal(type.Kind, Text(described, "type"));
        if (type.Item is { } item)
            AssertType(item, described.GetProperty(type.Kind == "map" ? "value_type" : "items"));
    }

    /// <summary>A value against what the manifest alone says of its fields: nothing but the document is asked.</summary>
    private static void AssertFits(JsonElement fields, JsonElement value, string line)
    {
        foreach (var property in value.EnumerateObject())
        {
            Assert.True(fields.TryGetProperty(property.Name, out var field), $"{property.Name} is not in the manifest: {line}");
            AssertValueFits(field, property.Value, line);
        }
        Assert.All(fields.EnumerateObject().Where(f => f.Value.GetProperty("required").GetBoolean()), f => Assert.True(value.TryGetProperty(f.Name, out _), $"{f.Name} is missing: {line}"));
    }

    private static void AssertValueFits(JsonElement described, JsonElement value, string line)
    {
        if (described.TryGetProperty("$ref", out var reference))
            described = Manifest.GetProperty("types").GetProperty(reference.GetString()!["#/types/".Length..]);
        switch (Text(described, "type"))
        {
            case "object" when described.TryGetProperty("fields", out var fields):
                AssertFits(fields, value, line);
                break;
            case "object":
                Assert.Equal(JsonValueKind.Object, value.ValueKind);
                break;
            case "map":
                foreach (var entry in value.EnumerateObject().Where(e => e.Value.ValueKind != JsonValueKind.Null))
                    AssertValueFits(described.GetProperty("value_type"), entry.Value, line);
                break;
            case "array":
                foreach (var item in value.EnumerateArray())
                    AssertValueFits(described.GetProperty("items"), item, line);
                break;
            case "enum":
                Assert.Contains(value.GetString(), described.GetProperty("values").EnumerateArray().Select(v => v.GetString()));
                break;
            case "integer":
                Assert.Equal(JsonValueKind.Number, value.ValueKind);
                break;
            case "boolean":
                Assert.True(value.ValueKind is JsonValueKind.True or JsonValueKind.False, line);
                break;
            default:
                Assert.Equal(JsonValueKind.String, value.ValueKind);
                break;
        }
    }

    private static IEnumerable<JsonElement> Everything(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Everything(p.Value)).Prepend(element),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Everything),
        _ => [],
    };

    private static string List(IEnumerable<MessageDefinition> messages) => "[" + string.Join(',', messages.Select(m => $"\"{m.Name}\"")) + "]";

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(p => p.Name)];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
