using System.Text;
using System.Text.Json;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using Overseer.Hosting;
using Overseer.Recorder.Journal;
using Overseer.Storage;

namespace Overseer.Cli.Tests;

/// <summary><c>overseer journal</c> on the files of a server that does not run, or runs.</summary>
public sealed class JournalTests : IDisposable
{
    private static readonly Guid Journal = Guid.Parse("11112222333344445555666677778888");

    private readonly string _state = Directory.CreateTempSubdirectory("overseer-cli-").FullName;
    private readonly JournalBuffer _scratch = new();

    public JournalTests()
    {
        Directory.CreateDirectory(Path.Join(_state, "journals"));
        using (SqliteTaskStore store = SqliteTaskStore.Open(Path.Join(_state, "overseer.db")))
        {
            store.Load();
            store.Commit(new EngineChanges { Tasks = [Task(1, "build-1", Journal)] });
        }
        using JournalWriter writer = Writer();
        writer.AppendStarted(Guid.NewGuid(), 7, 1, 5, 1_000);
        writer.Append(OutputStream.Stdout, 7, 1, 2_000, "one\n"u8);
        writer.Append(OutputStream.Stderr, 7, 1, 3_000, "two\r\n\u00ff"u8);
        writer.Append(OutputStream.Stdout, 7, 1, 4_000, "three\nfour"u8);
        writer.AppendExited(new ExitRecord(Guid.NewGuid(), 7, 1, 3, 0, 0, 0, 0), 5_000);
    }

    private string Segment => Path.Join(_state, "journals", Journal.ToString("N"), $"{1:D20}.seg");

    public void Dispose()
    {
        _scratch.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task Usage_lists_journals_with_their_tasks_and_what_is_kept()
    {
        Directory.CreateDirectory(Path.Join(_state, "journals", Guid.NewGuid().ToString("N")));
        CommandRun run = await Run("usage");

        Assert.Equal(ExitCodes.Ok, run.Code);
        string[] lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Matches($@"^1 +build-1 +build +1 +{new FileInfo(Segment).Length} +{Journal:N}$", lines[1]);
        Assert.Matches("^- +- +- +0 +0 +[0-9a-f]{32}$", lines[2]);
        Assert.Matches(@"^total: \d+ bytes in 2 journals; kept are .*GiB of all, 1GiB of a task$", lines[3]);
    }

    [Theory]
    [InlineData("build-1")]
    [InlineData("1")]
    [InlineData("bui")]
    [InlineData("11112222333344445555666677778888")]
    public async Task Export_finds_the_journal_however_it_is_named(string name)
    {
        CommandRun run = await Run("export", name);
        Assert.Equal((ExitCodes.Ok, "one\ntwo\nthree\nfour\n\u00ff\n"), (run.Code, run.Out));
    }

    [Fact]
    public async Task Export_says_when_its_numbers_are_not_those_that_clients_see()
    {
        await File.WriteAllTextAsync(Path.ChangeExtension(Segment, ".seq"), "an index");
        CommandRun run = await Run("export", "build-1", "--format", "jsonl");
        Assert.Equal(ExitCodes.Ok, run.Code);
        Assert.Equal(6, run.Out.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("the task has an output filter", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("filter", (await Run("export", "build-1", "--format", "raw")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_takes_a_directory_one_stream_and_a_first_line()
    {
        CommandRun run = await Run("export", Path.GetDirectoryName(Segment)!, "--stdout", "--from-seq", "3");
        Assert.Equal("three\nfour\n", run.Out);
    }

    [Fact]
    public async Task Export_as_messages_is_what_the_protocol_says()
    {
        CommandRun run = await Run("export", "build-1", "--format", "jsonl");
        JsonElement[] messages = [.. run.Out.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["output", "output", "output", "output", "output", "exited"], messages.Select(message => message.GetProperty("type").GetString()));
        Assert.Equal([1, 2, 3, 4, 5], messages.SkipLast(1).Select(message => message.GetProperty("seq").GetInt32()));
        Assert.Equal(3, messages[^1].GetProperty("exit_code").GetInt32());
        Assert.All(messages, message => Assert.Equal("build-1", message.GetProperty("task_id").GetString()));
    }

    [Fact]
    public async Task Export_raw_is_every_byte_as_it_was_captured_also_while_it_is_written()
    {
        string file = Path.Join(_state, "raw");
        using JournalWriter writer = Writer();
        writer.Append(OutputStream.Stderr, 7, 2, 6_000, "\0more"u8);
        CommandRun run = await Run("export", "build-1", "--format", "raw", "--stderr", "--output", file);
        Assert.Equal((ExitCodes.Ok, ""), (run.Code, run.Out));
        Assert.Equal("two\r\n\u00ff\0more", await File.ReadAllTextAsync(file));
        Assert.Equal(ExitCodes.Usage, (await Run("export", "build-1", "--output", file)).Code);

        // Nothing of that took the writer's lock or changed its file.
        writer.Append(OutputStream.Stderr, 7, 2, 6_000, "!\n"u8);
        Assert.Equal(ExitCodes.Ok, (await Run("verify")).Code);
    }

    [Fact]
    public async Task Verify_names_damage_and_ends_with_1()
    {
        CommandRun run = await Run("verify");
        Assert.Equal((ExitCodes.Ok, $"1 journals, {new FileInfo(Segment).Length} bytes: all is well\n"), (run.Code, run.Out));

        byte[] bytes = await File.ReadAllBytesAsync(Segment);
        int at = bytes.AsSpan().IndexOf("two"u8);
        bytes[at] ^= 1;
        await File.WriteAllBytesAsync(Segment, bytes);
        run = await Run("verify", "build-1");
        Assert.Equal(1, run.Code);
        Assert.StartsWith($"{Segment}: offset {at}: 7 bytes do not match their checksum (lines 2 to 2)\n", run.Out, StringComparison.Ordinal);

        bytes.AsSpan(at - 20, 8).Clear();
        await File.WriteAllBytesAsync(Segment, bytes);
        run = await Run("verify", "build-1");
        Assert.Equal(1, run.Code);
        Assert.Contains("bytes are no chunk", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_says_what_is_not_there_any_more()
    {
        using (JournalWriter writer = Writer())
            Assert.True(writer.TryRoll(7_000));
        File.Delete(Segment);
        CommandRun run = await Run("export", "build-1");
        Assert.Equal("", run.Out);
        Assert.Equal("overseer: lines 1 to 5 are missing: they are older than what is kept\n", run.Error);
    }

    [Fact]
    public async Task What_is_not_there_is_code_127_and_a_foreign_database_125()
    {
        Assert.Equal(ExitCodes.NotFound, (await Run("export", "nobody")).Code);
        Assert.Equal(ExitCodes.NotFound, (await Run("verify", "/nowhere/x")).Code);
        string file = Path.Join(_state, "other.db");
        await File.WriteAllTextAsync(file, "no database");
        CommandRun run = await Run("usage", "--db", file);
        Assert.Equal(ExitCodes.Refused, run.Code);
        Assert.Contains(file, run.Error, StringComparison.Ordinal);
    }

    private static TaskRecord Task(long number, string id, Guid journal) => new()
    {
        Number = number,
        TaskId = id,
        JournalId = journal,
        Action = "build",
        Standing = new TaskStanding(),
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private JournalWriter Writer() => JournalWriter.Open(Path.Join(_state, "journals", Journal.ToString("N")), new JournalOptions(), _scratch);

    private Task<CommandRun> Run(string verb, params string[] arguments) => CommandRun.Run(["journal", verb, .. arguments, "--state-dir", _state]);
}
