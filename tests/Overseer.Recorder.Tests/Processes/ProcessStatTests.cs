using System.Text;
using Overseer.Recorder.Processes;

namespace Overseer.Recorder.Tests.Processes;

public sealed class ProcessStatTests
{
    [Theory]
    [InlineData("sleep")]
    [InlineData("a b) S 1 (c")]
    [InlineData(") Z 9 9 9 9")]
    [InlineData("")]
    public void Names_with_spaces_and_parentheses_do_not_shift_the_fields(string name)
    {
        string line = $"4711 ({name}) S 17 4700 4699 34816 4711 4194304 99 0 0 0 1 2 0 0 20 0 1 0 123456789 5500928 200 18446744073709551615\n";

        Assert.True(ProcessStat.TryParse(Encoding.UTF8.GetBytes(line), out ProcessStat stat));

        Assert.Equal(new ProcessStat(4711, 17, 4700, 4699, 'S', 123456789), stat);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("12 (x) S 1 2")]
    [InlineData("12 (x) S one 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20")]
    public void Cut_or_damaged_lines_are_refused(string line) => Assert.False(ProcessStat.TryParse(Encoding.UTF8.GetBytes(line), out _));

    [Fact]
    public void A_process_that_does_not_exist_is_not_read() => Assert.False(ProcessStat.TryRead(int.MaxValue, out _));
}
