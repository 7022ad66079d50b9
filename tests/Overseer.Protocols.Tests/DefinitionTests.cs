using Overseer.Protocols.Schema;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Tests;

public sealed class DefinitionTests
{
    private static IEnumerable<MessageDefinition> All => [.. ProtocolCatalog.Client.All, .. ProtocolCatalog.Server.All];

    [Fact]
    public void Every_message_and_field_says_what_it_is_in_a_sentence()
    {
        Assert.All(All, d =>
        {
            Assert.EndsWith(".", d.Description, StringComparison.Ordinal);
            Assert.All(d.Fields, f => Assert.EndsWith(".", f.Description, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void No_message_has_two_fields_of_a_name()
        => Assert.All(All, d => Assert.Equal(d.Fields.Count, d.Fields.Select(f => f.Name).Append("type").Distinct().Count() - 1));

    [Fact]
    public void Every_client_message_requires_an_id_and_is_delivered_directly()
    {
        Assert.All(ProtocolCatalog.Client.All, d =>
        {
            Assert.Equal(MessageDirection.ClientToServer, d.Direction);
            Assert.Equal(MessageDelivery.Direct, d.Delivery);
            Assert.True(d.Fields[0] is { Name: "id", Required: true });
        });
    }

    [Fact]
    public void Everything_delivered_only_as_an_answer_carries_an_id()
        => Assert.All(
            ProtocolCatalog.Server.All.Where(d => d.Delivery == MessageDelivery.Direct),
            d => Assert.Contains(d.Fields, f => f is { Name: "id", Required: true }));
}
