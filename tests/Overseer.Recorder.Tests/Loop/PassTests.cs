using Overseer.Recorder.Loop;

namespace Overseer.Recorder.Tests.Loop;

public sealed class PassTests
{
    private readonly Pass _pass = new();
    private long _now = 1_000_000_000;

    [Fact]
    public void A_line_that_comes_alone_is_followed_by_no_rest()
    {
        Assert.False(After(1_000_000, 80));
        Assert.False(After(400_000, 80));
        Assert.False(After(300_000, 80));
    }

    [Fact]
    public void Small_passes_close_together_rest()
    {
        Assert.False(After(0, 80));
        Assert.True(After(20_000, 80));
        Assert.True(After(150_000, 8191));
    }

    [Fact]
    public void Large_passes_do_not_rest()
    {
        After(0, 80);
        Assert.False(After(20_000, 8192));
    }

    [Fact]
    public void Requests_and_exits_are_not_kept_waiting()
    {
        After(0, 80);
        Assert.False(After(20_000, 80, urgent: true));
    }

    [Fact]
    public void A_pass_without_output_neither_rests_nor_counts()
    {
        After(0, 80);
        Assert.False(After(100_000, 0));
        Assert.False(After(250_000, 80));
    }

    private bool After(long ns, int bytes, bool urgent = false)
    {
        _now += ns;
        _pass.Begin(_now, _now);
        if (bytes > 0)
            _pass.Moved(bytes);
        if (urgent)
            _pass.Urgent();
        return _pass.End();
    }
}
