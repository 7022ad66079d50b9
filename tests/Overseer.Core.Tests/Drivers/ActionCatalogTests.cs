using Overseer.Core.Drivers;
using Overseer.Core.Tests.Tasks;

namespace Overseer.Core.Tests.Drivers;

public sealed class ActionCatalogTests
{
    [Fact]
    public void Actions_are_found_by_name_and_listed_by_name()
    {
        var catalog = new ActionCatalog([Entry("b"), Entry("a")]);

        Assert.Equal(["a", "b"], catalog.Entries.Select(e => e.Definition.Name));
        Assert.Equal("b", catalog.Find("b")!.Definition.Name);
        Assert.Null(catalog.Find("B"));
    }

    [Fact]
    public void A_name_is_there_once() => Assert.Throws<ArgumentException>(() => new ActionCatalog([Entry("a"), Entry("a")]));

    private static ActionEntry Entry(string name) => new(new ActionDefinition { Name = name, Type = "exec" }, new FakeAction());
}
