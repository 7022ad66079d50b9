using Overseer.Recorder.Journal;

namespace Overseer.Server.Tests.Streaming.Filtering;

/// <summary>A line above the limit comes in parts: it is shown whole or not at all, as its first part was judged.</summary>
public sealed class LongLineTests
{
    private const int Limit = 16;
    private static readonly string Padding = new('x', Limit - 3);
    private readonly WordFilter _filter = new("yes");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Its_first_part_decides(bool restarts)
    {
        using var task = new FilteredTask(_filter, maxLineBytes: Limit);
        using var live = task.Join(null);
        var begun = 0;
        // Of each pair of lines one is shown; they come in pieces, with lines of the other stream between them.
        for (var i = 0; i < 200; i++)
        {
            task.Write($"yes{Padding}", OutputStream.Stdout);
            task.Write($"no!{Padding}", OutputStream.Stderr);
            if (restarts && i % 10 == 3)
            {
                task.Restart();
                task.Read();
            }

            task.Write($"no?{Padding}", OutputStream.Stdout);
            task.Write($"yes{Padding}", OutputStream.Stderr);
            if (i % 7 == 0) task.Read();
            task.Write("end\n", OutputStream.Stdout);
            task.Write("end\n", OutputStream.Stderr);
            begun++;
        }

        var seen = task.Read();
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(seq => (long)seq), seen.Select(part => part.Seq));
        Assert.Equal(string.Concat(Enumerable.Repeat($"yes{Padding}no?{Padding}end\n", begun)), string.Concat(seen.Select(part => part.Text.EndsWith('…') ? part.Text[..^1] : part.Text + "\n")));
        if (!restarts) Assert.Equal(seen, live.Read());
        foreach (var file in task.IndexFiles) File.Delete(file);
        task.Restart();
        Assert.Equal(seen, task.Read());
    }
}
