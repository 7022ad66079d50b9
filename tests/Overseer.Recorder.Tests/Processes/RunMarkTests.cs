using System.Text;
using Overseer.Recorder.Processes;

namespace Overseer.Recorder.Tests.Processes;

public sealed class RunMarkTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("OVERSEER_RUN_ID=" + Id + "\0", true)]
    [InlineData("A=1\0OVERSEER_RUN_ID=" + Id + "\0B=2\0", true)]
    [InlineData("A=1\0OVERSEER_RUN_ID=" + Id, true)]
    [InlineData("XOVERSEER_RUN_ID=" + Id + "\0", false)]
    [InlineData("A=\nOVERSEER_RUN_ID=" + Id + "\0", false)]
    [InlineData("OVERSEER_RUN_ID=\0OVERSEER_RUN_ID=" + Id + "\0", false)]
    [InlineData("OVERSEER_RUN_ID=" + Id + "0\0", false)]
    [InlineData("", false)]
    public void Only_a_whole_variable_counts_and_the_first_wins(string environment, bool marked)
        => Assert.Equal(marked ? Guid.Parse(Id) : Guid.Empty, RunMark.Find(Encoding.UTF8.GetBytes(environment)));
}
