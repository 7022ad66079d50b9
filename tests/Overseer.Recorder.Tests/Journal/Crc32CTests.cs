using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

public sealed class Crc32CTests
{
    [Fact]
    public void The_known_check_value_comes_out() => Assert.Equal(0xE3069283, ~Crc32C.Append(uint.MaxValue, "123456789"u8));

    [Fact]
    public void Three_chains_give_what_one_does()
    {
        var data = new byte[20_000];
        new Random(5).NextBytes(data);
        var slow = 7u;
        for (var i = 0; i < data.Length; i++)
        {
            slow = System.Numerics.BitOperations.Crc32C(slow, data[i]);
            if (i % 37 == 0 || i == data.Length - 1)
            {
                Assert.Equal(slow, Crc32C.Append(7, data.AsSpan(0, i + 1)));
            }
        }
    }
}
