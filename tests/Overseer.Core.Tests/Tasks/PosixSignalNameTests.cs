using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Tasks;

public sealed class PosixSignalNameTests
{
    [Theory]
    [InlineData("SIGTERM", 15)]
    [InlineData("term", 15)]
    [InlineData("INT", 2)]
    [InlineData("9", 9)]
    [InlineData("SIGPOLL", 29)]
    [InlineData("64", 64)]
    public void Names_and_numbers_are_read(string text, int signal)
    {
        Assert.True(PosixSignalName.TryParse(text, out var number));
        Assert.Equal(signal, number);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("SIG")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-9")]
    [InlineData("SIGNOPE")]
    public void Anything_else_is_refused(string? text) => Assert.False(PosixSignalName.TryParse(text, out _));

    [Fact]
    public void Each_number_has_a_name()
    {
        Assert.Equal("SIGKILL", PosixSignalName.Of(9));
        Assert.Equal("SIGSYS", PosixSignalName.Of(31));
        Assert.Equal("SIGRTMIN", PosixSignalName.Of(34));
        Assert.Equal("SIGRTMIN+30", PosixSignalName.Of(64));
        Assert.Equal("signal 99", PosixSignalName.Of(99));
        for (var i = 1; i <= 31; i++) Assert.True(PosixSignalName.TryParse(PosixSignalName.Of(i), out var n) && n == i);
    }
}
