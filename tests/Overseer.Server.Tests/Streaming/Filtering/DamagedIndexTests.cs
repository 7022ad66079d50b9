using Overseer.Recorder.Journal;
using Overseer.Recorder.Tests.Journal;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Streaming.Filtering;

/// <summary>The index is taken over, found missing, torn or wrong: numbers stay what they were.</summary>
public sealed class DamagedIndexTests
{
    private const int Lines = 1500;
    private readonly WordFilter _filter = new("yes");

    [Fact]
    public void The_next_server_takes_the_index_over_and_judges_nothing_again()
    {
        using var task = Watched();
        _filter.Forget();
        task.Restart();
        Assert.Equal(task.All, task.Read());
        task.Print("no more", "yes more");
        Assert.Equal(task.All, task.Replay(1, null));
        Assert.Equal(["no more", "yes more"], _filter.Looks.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_index_that_is_gone_is_made_again()
    {
        using var task = Watched();
        foreach (var file in task.IndexFiles) File.Delete(file);
        task.Restart();
        Assert.Equal(task.From(100), task.Read(100));
        Assert.Equal(task.All, task.Read());
        Assert.Equal(JournalDirectory.Segments(task.Directory).Count, task.IndexFiles.Length);
    }

    [Fact]
    public void One_file_of_it_that_is_gone_is_made_again()
    {
        using var task = Watched();
        var count = task.IndexFiles.Length;
        Assert.True(count > 3);
        for (var i = 0; i < count; i++)
        {
            File.Delete(task.IndexFiles[i]);
            _filter.Forget();
            task.Restart();
            Assert.Equal(task.All, task.Read());
            Assert.True(_filter.Looks.Count < Lines / 2);
            Assert.Equal(count, task.IndexFiles.Length);
        }
    }

    [Fact]
    public void An_index_that_was_cut_anywhere_is_completed()
    {
        using var task = Watched(segmentBytes: 1 << 20);
        var whole = File.ReadAllBytes(Assert.Single(task.IndexFiles));
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(task.IndexFiles[0], whole[..length]);
            task.Restart();
            Assert.Equal(task.All, task.Read());
            Assert.Equal(whole, File.ReadAllBytes(task.IndexFiles[0]));
        }
    }

    [Fact]
    public void A_wrong_bit_anywhere_is_found_and_mended()
    {
        using var task = Watched(segmentBytes: 16 * 1024);
        foreach (var file in task.IndexFiles)
        {
            var whole = File.ReadAllBytes(file);
            for (var at = 0; at < whole.Length; at += 3)
            {
                var wrong = whole.ToArray();
                wrong[at] ^= (byte)(1 << (at % 8));
                File.WriteAllBytes(file, wrong);
                task.Restart();
                Assert.Equal(task.From(20), task.Read(20));
                File.WriteAllBytes(file, whole);
            }
        }
    }

    [Fact]
    public void Damage_under_a_running_server_is_noticed_by_who_reads_it()
    {
        using var task = Watched();
        using var live = task.Join(null);
        Assert.Empty(live.Read());
        foreach (var file in task.IndexFiles) File.WriteAllBytes(file, new byte[300]);
        Assert.Equal(task.All, task.Read());
        task.Print("yes, on");
        Assert.Equal([task.All[^1]], live.Read());

        foreach (var file in task.IndexFiles) File.Delete(file);
        task.Print("yes, still", "no");
        Assert.Equal(task.All.TakeLast(1), live.Read());
        Assert.Equal(task.All, task.Read());
        Assert.Equal(task.All, task.Replay(1, null));
    }

    [Fact]
    public void An_index_of_another_journal_is_not_believed()
    {
        using var task = Watched();
        using var other = new FilteredTask(new WordFilter("o"), segmentBytes: 8 * 1024);
        for (var i = 0; i < Lines; i++) other.Print($"o {i}");
        other.Read();
        File.Copy(other.IndexFiles[0], task.IndexFiles[0], overwrite: true);
        task.Restart();
        Assert.Equal(task.All, task.Read());
    }

    [Fact]
    public void Records_behind_the_end_of_a_journal_that_lost_its_end_are_not_believed()
    {
        // As after a loss of power: the index has reached the disk, the end of the journal has not, and other lines come in its place.
        using var place = new TempDirectory();
        using var other = new TempDirectory();
        using var task = Watched(segmentBytes: 1 << 20, place.Journal);
        using var shorter = new FilteredTask(_filter, segmentBytes: 1 << 20, at: other.Journal);
        for (var i = 0; i < 700; i++) shorter.Print(Line(i));
        shorter.Read();
        File.Copy(task.IndexFiles[0], shorter.IndexFiles[0], overwrite: true);
        shorter.Later();
        for (var i = 0; i < 700; i++) shorter.Print($"yes, new {i}", "no");
        shorter.Restart();
        Assert.Equal(shorter.All, shorter.Read());
    }

    [Fact]
    public void What_finds_no_room_is_kept_and_written_later()
    {
        using var disk = new SmallDisk(512);
        using var task = new FilteredTask(_filter, at: disk.Journal);
        using var live = task.Join(null);
        for (var i = 0; i < 300; i++) task.Print(Line(i));
        live.Read();
        var filler = Path.Combine(disk.Path, "filler");
        Fill(filler);
        for (var i = 0; i < 300; i++) task.Print(i % 3 == 0 ? $"yes {i} while there is no room" : "no");
        Assert.Equal(task.All.TakeLast(100), live.Read());
        Assert.Equal(task.All, task.Read());
        File.Delete(filler);
        task.Print("yes, room again");
        Assert.Equal(task.All.TakeLast(1), live.Read());
        _filter.Forget();
        task.Restart();
        Assert.Equal(task.All, task.Read());
        Assert.Empty(_filter.Looks);
    }

    // Leaves the room that the journal has reserved for itself.
    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static string Line(int i) => i % 3 == 0 ? $"yes {i}" : $"no {i} {WireClient.Deadline}";

    private FilteredTask Watched(long segmentBytes = 8 * 1024, string? at = null)
    {
        var task = new FilteredTask(_filter, segmentBytes: segmentBytes, at: at);
        for (var i = 0; i < Lines; i++) task.Print(Line(i));
        task.Exit();
        Assert.Equal(task.All, task.Read());
        return task;
    }
}
