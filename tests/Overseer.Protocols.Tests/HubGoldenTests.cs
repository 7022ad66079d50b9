using System.Buffers;
using System.Globalization;
using System.Text;
using Overseer.Protocols.Hub;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Tests;

/// <summary>The hub's messages against the golden files, in both directions, valid and not.</summary>
public sealed class HubGoldenTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-01-02T03:04:05.678901Z", CultureInfo.InvariantCulture);

    [Fact]
    public void Every_message_of_a_container_is_kept_as_its_line()
    {
        var cases = GoldenFiles.Cases("hub-kept").ToList();
        Assert.True(cases.Count > 15);
        Assert.All(cases, c =>
        {
            var problem = HubReader.Read(c.Input, out var message);
            Assert.True(problem is null, $"{c.Place}: {problem?.Text}");
            Assert.True(message.IsKept, c.Place);
            Assert.Equal(Encoding.UTF8.GetString(c.Expected) + "\n", Encoding.UTF8.GetString(Line(ref message)));
        });
    }

    [Fact]
    public void A_line_that_is_kept_is_read_again_as_what_it_was()
    {
        Assert.All(GoldenFiles.Cases("hub-kept"), c =>
        {
            Assert.Null(HubReader.Read(c.Input, out var first));
            var line = Line(ref first);
            Assert.Null(HubReader.Read(line, out var second));
            Assert.Equal(line, Line(ref second));
            Assert.Equal(Described(ref first).Replace(" token", "", StringComparison.Ordinal).Replace(" lower", "", StringComparison.Ordinal), Described(ref second).Replace(" lower", "", StringComparison.Ordinal));
            Assert.True(Json.IsValid(line), c.Place);
        });
    }

    [Fact]
    public void Every_message_means_what_it_says()
    {
        Assert.All(GoldenFiles.Cases("hub-asked"), c =>
        {
            var problem = HubReader.Read(c.Input, out var message);
            Assert.True(problem is null, $"{c.Place}: {problem?.Text}");
            Assert.Equal(Encoding.UTF8.GetString(c.Expected), Described(ref message));
        });
    }

    [Fact]
    public void Every_message_that_cannot_be_taken_gets_its_error()
    {
        var cases = GoldenFiles.Cases("hub-refused").ToList();
        Assert.True(cases.Count > 30);
        Assert.All(cases, c =>
        {
            var problem = HubReader.Read(c.Input, out var message) ?? HubReader.ReadContainerId(message.ContainerId, out _);
            Assert.True(problem is not null, c.Place + " was accepted");
            Assert.Equal(Encoding.UTF8.GetString(c.Expected), Said(to => HubWriter.Error(to, capitals: true, null, Now, HubError.BadMessage(problem))));
        });
    }

    [Fact]
    public void What_the_hub_says_is_written_as_in_the_golden_file()
    {
        var uptime = TimeSpan.FromSeconds(90.9);
        string[] said =
        [
            Said(to => HubWriter.Greet(to, capitals: true, "container-123", Now)),
            Said(to => HubWriter.Greet(to, capitals: false, "é\"", Now)),
            Said(to => HubWriter.Heartbeat(to, capitals: true, "c", Now, uptime)),
            Said(to => HubWriter.Heartbeat(to, capitals: false, null, Now, uptime)),
            Said(to => HubWriter.Heartbeat(to, capitals: false, "c", Now, uptime, (Guid.Parse("0e984725-c51c-4bf4-9960-e1c80e27aba0"), 17))),
            Said(to => HubWriter.Command(to, capitals: true, "c", Now, "stop")),
            Command(capitals: false, """{"type":"COMMAND","from":"me","auth":{"token":"s"},"containerID":"c","timestamp":"t","data":{"command":"pause","args":[1]}}"""),
            Command(capitals: true, """{"type":"command","containerID":"c","data":{"command":"pause"}}"""),
            Said(to => HubWriter.Error(to, capitals: true, "c", Now, HubError.IdTaken)),
            Said(to => HubWriter.Error(to, capitals: false, null, Now, HubError.Unauthorized)),
            Said(to => HubWriter.Error(to, capitals: false, "c", Now, HubError.SessionTimeout(TimeSpan.FromMinutes(5)))),
            Said(to => HubWriter.Error(to, capitals: false, "c", Now, HubError.Gap(1, 9, "rotated"))),
            Said(to => HubWriter.Error(to, capitals: true, "c", Now, HubError.TooManySessions(100))),
        ];

        Assert.Equal(GoldenFiles.Lines("hub-said/said"), said);
        Assert.All(said, text => Assert.True(Json.IsValid(Encoding.UTF8.GetBytes(text)), text));
    }

    [Fact]
    public void Every_example_of_the_page_is_in_a_golden_file()
    {
        var known = GoldenFiles.Cases("hub-kept").Concat(GoldenFiles.Cases("hub-asked")).Select(c => Encoding.UTF8.GetString(c.Input)).Concat(GoldenFiles.Lines("hub-said/said")).ToHashSet(StringComparer.Ordinal);
        string page = File.ReadAllText(Path.Combine(GoldenFiles.Root, "docs", "hub.md"));
        var examples = page.Split("```json\n").Skip(1).SelectMany(block => block[..block.IndexOf("```", StringComparison.Ordinal)].Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.True(examples.Count > 10);

        // Viewers get the line that was kept, its number in front and the type in their case.
        Assert.All(examples, example => Assert.Contains(example.Replace("{\"seq\":17,\"type\":\"LOG\"", "{\"type\":\"log\"", StringComparison.Ordinal), known));
    }

    [Fact]
    public void Every_code_of_an_error_is_on_the_page()
    {
        string page = File.ReadAllText(Path.Combine(GoldenFiles.Root, "docs", "hub.md"));
        string source = File.ReadAllText(Path.Combine(GoldenFiles.Root, "src", "Overseer.Protocols", "Hub", "HubError.cs"));
        var codes = System.Text.RegularExpressions.Regex.Matches(source, "new\\(\"(?<code>[A-Z_]+)\"", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(match => match.Groups["code"].Value).ToList();
        Assert.True(codes.Count > 10);
        Assert.All(codes, code => Assert.Contains($"| `{code}` |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Any_bytes_are_a_message_or_a_problem()
    {
        var random = new Random(20261121);
        var inputs = GoldenFiles.Cases("hub-kept").Concat(GoldenFiles.Cases("hub-asked")).Concat(GoldenFiles.Cases("hub-refused")).Select(c => c.Input).ToList();
        for (int i = 0; i < 50_000; i++)
        {
            byte[] bytes = [.. inputs[random.Next(inputs.Count)]];
            for (int change = random.Next(4); change >= 0 && bytes.Length > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)"{}[]\",:\\0x\n"[random.Next(11)];
            bytes = bytes[..random.Next(bytes.Length + 1)];
            if (HubReader.Read(bytes, out var message) is null && message.IsKept)
                Assert.True(Json.IsValid(Line(ref message)), Encoding.UTF8.GetString(bytes));
        }
    }

    private static byte[] Line(ref HubMessage message)
    {
        byte[] line = new byte[HubLine.MaxBytes(ref message)];
        int length = HubLine.Write(ref message, TimestampText.From(Now), line);
        Assert.Equal(length - 1, line.AsSpan().IndexOf((byte)'\n'));
        return line[..length];
    }

    private static string Command(bool capitals, string input)
    {
        Assert.Null(HubReader.Read(Encoding.UTF8.GetBytes(input), out var message));
        var output = new ArrayBufferWriter<byte>();
        HubWriter.Command(output, capitals, ref message, Now);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Said(Action<ArrayBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Described(ref HubMessage message)
    {
        var text = new StringBuilder();
        text.Append(message.Type.ToString().ToLowerInvariant());
        text.Append(message.IsLower ? " lower" : "");
        text.Append(CultureInfo.InvariantCulture, $" \"{Encoding.UTF8.GetString(message.ContainerId)}\"");
        text.Append(message.HasToken ? " token" : "");
        text.Append(message.IsBad ? " bad" : "");
        text.Append(message.Word.IsEmpty ? "" : $" word \"{Encoding.UTF8.GetString(message.Word)}\"");
        text.Append(message.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $" exit {code}") : "");
        text.Append(message.History is { } history ? string.Create(CultureInfo.InvariantCulture, $" history {history}") : "");
        text.Append(message.FromSeq is { } from ? string.Create(CultureInfo.InvariantCulture, $" from {from}") : "");
        text.Append(message.Delivery is { } id ? string.Create(CultureInfo.InvariantCulture, $" delivery {id} {message.DeliveryNumber}") : "");
        return text.ToString();
    }
}
