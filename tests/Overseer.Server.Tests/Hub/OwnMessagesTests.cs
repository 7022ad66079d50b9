using Overseer.Hub;

namespace Overseer.Server.Tests.Hub;

/// <summary>Which messages are a connection's own.</summary>
public sealed class OwnMessagesTests
{
    [Fact]
    public void What_was_noted_is_its_own_and_the_rest_is_not()
    {
        var own = new OwnMessages();
        own.Add(3, 2);
        own.Add(5, 1);
        own.Add(10, 1);
        Assert.Equal([3L, 4, 5, 10], Enumerable.Range(1, 12).Select(number => (long)number).Where(own.Has));
        Assert.True(own.IsEmpty);
    }

    [Fact]
    public void What_was_not_written_is_not()
    {
        var own = new OwnMessages();
        own.Add(1, 3);
        own.Add(4, 2);
        own.TakeBack(4);
        own.Add(8, 2);
        own.TakeBack(8);
        Assert.Equal([1L, 2, 3], Enumerable.Range(1, 12).Select(number => (long)number).Where(own.Has));
    }

    [Fact]
    public void Of_too_many_the_oldest_are_forgotten()
    {
        var own = new OwnMessages();
        for (var i = 0; i < 5000; i++)
        {
            own.Add(i * 2, 1);
        }

        Assert.False(own.Has(0));
        Assert.True(own.Has(9998));
    }
}
