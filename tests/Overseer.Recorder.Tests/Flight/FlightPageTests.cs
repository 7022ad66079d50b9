using Overseer.Recorder.Flight;
using Overseer.Recorder.Takeover;

namespace Overseer.Recorder.Tests.Flight;

public sealed class FlightPageTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ovr-flight-").FullName;

    private string File => Path.Combine(_root, "flight");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public unsafe void What_one_writes_the_other_reads()
    {
        using var server = FlightPage.Open(File);
        using var recorder = FlightPage.Open(File);
        var run = Guid.NewGuid();
        Assert.True(server.TryReserve(run, out int slot));
        Assert.Equal(run, recorder.RunAt(slot));
        Assert.Equal(0, server.PidAt(slot));
        *recorder.PidAddress(slot) = 4711;
        Assert.Equal(4711, server.PidAt(slot));
        server.Release(slot);
        Assert.Equal(Guid.Empty, recorder.RunAt(slot));
        Assert.Equal(0, *recorder.PidAddress(slot));
    }

    [Fact]
    public unsafe void A_server_that_comes_back_finds_what_was_under_way()
    {
        var started = Guid.NewGuid();
        var waiting = Guid.NewGuid();
        using (var before = FlightPage.Open(File))
        {
            Assert.True(before.TryReserve(started, out int slot));
            *before.PidAddress(slot) = 12;
            Assert.True(before.TryReserve(waiting, out _));
            Assert.True(before.TryReserve(Guid.NewGuid(), out _));
        }
        using var page = FlightPage.Open(File);
        Assert.Equal(3, page.Used);
        Assert.True(page.TryFind(started, out int found, out int pid));
        Assert.Equal((0, 12), (found, pid));
        Assert.True(page.TryFind(waiting, out found, out pid));
        Assert.Equal((1, 0), (found, pid));
        Assert.False(page.TryFind(Guid.NewGuid(), out found, out pid));
        Assert.Equal((-1, 0), (found, pid));

        page.ReleaseAllBut(new HashSet<Guid> { waiting });
        Assert.Equal(1, page.Used);
        Assert.False(page.TryFind(started, out _, out _));
        Assert.True(page.TryReserve(waiting, out int again));
        Assert.Equal(1, again);
    }

    [Fact]
    public void A_server_that_comes_back_finds_the_pipes_of_a_start()
    {
        var run = Guid.NewGuid();
        using (var before = FlightPage.Open(File))
        {
            Assert.True(before.TryReserve(run, out int slot));
            before.NotePipes(slot, new PipeInodes(uint.MaxValue, 7));
        }
        using var page = FlightPage.Open(File);
        Assert.Equal(new PipeInodes(uint.MaxValue, 7), page.PipesOf(run));
        Assert.Equal(default, page.PipesOf(Guid.NewGuid()));

        page.ReleaseAllBut(new HashSet<Guid>());
        Assert.True(page.TryReserve(run, out _));
        Assert.Equal(default, page.PipesOf(run));
    }

    [Fact]
    public void All_slots_can_be_taken_and_no_more()
    {
        using var page = FlightPage.Open(File);
        var slots = new HashSet<int>();
        for (int i = 0; i < FlightPage.Slots; i++)
        {
            Assert.True(page.TryReserve(Guid.NewGuid(), out int slot));
            slots.Add(slot);
        }
        Assert.Equal(FlightPage.Slots, slots.Count);
        Assert.False(page.TryReserve(Guid.NewGuid(), out int none));
        Assert.Equal(-1, none);
        page.Release(77);
        page.Release(77);
        Assert.True(page.TryReserve(Guid.NewGuid(), out int free));
        Assert.Equal(77, free);
        Assert.False(page.TryReserve(Guid.NewGuid(), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("magic")]
    [InlineData("version")]
    [InlineData("long")]
    public void A_damaged_file_is_begun_anew(string damage)
    {
        using (var page = FlightPage.Open(File))
            Assert.True(page.TryReserve(Guid.NewGuid(), out _));
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, damage switch
        {
            "" => [],
            "short" => bytes[..^1],
            "long" => [.. bytes, 0],
            "magic" => [(byte)'x', .. bytes[1..]],
            _ => [.. bytes[..8], 99, .. bytes[9..]],
        });
        using var anew = FlightPage.Open(File);
        Assert.Equal(0, anew.Used);
        Assert.True(anew.TryReserve(Guid.NewGuid(), out _));
        Assert.Equal(bytes.Length, new FileInfo(File).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void A_page_that_is_mapped_survives_that_its_file_is_begun_anew()
    {
        using var recorder = FlightPage.Open(File);
        using (var file = new FileStream(File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.Write(new byte[16]);
        using var server = FlightPage.Open(File);
        var run = Guid.NewGuid();
        Assert.True(server.TryReserve(run, out int slot));
        Assert.Equal(run, recorder.RunAt(slot));
    }

    [Fact]
    public void A_claim_counts_and_after_the_question_none_can_be_made()
    {
        using var page = FlightPage.Open(File);
        Guid claimed = Guid.NewGuid(), late = Guid.NewGuid();
        Assert.True(page.TryReserve(claimed, out int slot));
        Assert.Equal(0, page.Claims.Prepare(claimed));
        System.IO.File.WriteAllText(Path.Combine(page.Claims.PathOf(claimed), "815"), "");
        Assert.Equal(815, page.PidAt(slot));

        Assert.True(page.TryReserve(late, out int other));
        Assert.Equal(0, page.Claims.Prepare(late));
        Assert.Equal(0, page.PidAt(other));
        Assert.Throws<DirectoryNotFoundException>(() => System.IO.File.WriteAllText(Path.Combine(page.Claims.PathOf(late), "816"), ""));

        page.ReleaseAllBut(new HashSet<Guid>());
        Assert.Empty(Directory.GetDirectories(File + ".d"));
    }

    [Fact]
    public void A_path_that_cannot_be_opened_is_said() =>
        Assert.Contains("cannot open /no/such/flight", Assert.Throws<IOException>(() => FlightPage.Open("/no/such/flight")).Message, StringComparison.Ordinal);
}
