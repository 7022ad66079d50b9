using System.Text;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Tests;

public sealed class GoldenFileTests
{
    public static TheoryData<string> ClientMessages => [.. GoldenFiles.Messages("client")];

    public static TheoryData<string> ServerMessages => [.. GoldenFiles.Messages("server")];

    [Theory]
    [MemberData(nameof(ClientMessages))]
    public void A_client_message_is_read_and_written_as_it_was(string line)
    {
        var result = ClientMessageReader.Read(Encoding.UTF8.GetBytes(line));
        Assert.Null(result.Error);
        Assert.Equal(line, Json.Text(result.Message!));
    }

    [Theory]
    [MemberData(nameof(ServerMessages))]
    public void A_server_message_is_read_and_written_as_it_was(string line)
    {
        var result = ServerMessageReader.Read(Encoding.UTF8.GetBytes(line));
        Assert.Null(result.Error);
        Assert.Equal(line, Json.Text(result.Message!));
    }

    [Fact]
    public void Every_refused_input_gets_exactly_its_error()
    {
        var cases = GoldenFiles.Cases("refused").ToList();
        Assert.True(cases.Count > 100);
        Assert.All(cases, c =>
        {
            var result = ClientMessageReader.Read(c.Input);
            Assert.True(result.Message is null, c.Place + " was accepted");
            Assert.True(Encoding.UTF8.GetString(c.Expected) == Json.Text(result.Error!), $"{c.Place}: {Json.Text(result.Error!)}");
        });
    }

    [Fact]
    public void Every_tolerated_input_means_its_shortest_form()
    {
        Assert.All(GoldenFiles.Cases("accepted"), c =>
        {
            var result = ClientMessageReader.Read(c.Input);
            Assert.True(result.Error is null, $"{c.Place}: {result.Error?.Message}");
            Assert.True(Encoding.UTF8.GetString(c.Expected) == Json.Text(result.Message!), $"{c.Place}: {Json.Text(result.Message!)}");
        });
    }

    [Fact]
    public void Every_message_has_a_golden_file_and_every_golden_file_a_message()
    {
        Assert.Equal(ProtocolCatalog.Client.All.Select(d => "client/" + d.Name).Order(StringComparer.Ordinal), GoldenFiles.Names("client"));
        Assert.Equal(ProtocolCatalog.Server.All.Select(d => "server/" + d.Name).Order(StringComparer.Ordinal), GoldenFiles.Names("server"));
    }

    [Fact]
    public void Every_field_is_set_in_some_golden_message()
    {
        var definitions = ProtocolCatalog.Client.All.Select(d => ("client/" + d.Name, d.Fields))
            .Concat(ProtocolCatalog.Server.All.Select(d => ("server/" + d.Name, d.Fields)));
        Assert.All(definitions, d => Assert.All(d.Fields, f =>
            Assert.Contains(GoldenFiles.Lines(d.Item1), line => line.Contains($"\"{f.Name}\":", StringComparison.Ordinal))));
    }
}
