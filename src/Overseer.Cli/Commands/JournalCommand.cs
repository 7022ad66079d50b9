using System.CommandLine;
using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Cli.Journals;
using Overseer.Configuration;
using Overseer.Core.Configuration;
using Overseer.Core.Tasks.Storage;
using Overseer.Hosting;
using Overseer.Recorder.Journal;
using Overseer.Retention;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer journal</c>: what lies on the disk, whether a server runs or not.</summary>
internal static class JournalCommand
{
    private const int DamageFound = 1;

    private static readonly Option<string?> Config = new("--config", "-c") { Description = "The server's configuration file, for its limits and its db.", HelpName = "FILE", Recursive = true };
    private static readonly Option<string?> State = new("--state-dir") { Description = "The server's state directory (OVERSEER_STATE_DIR).", HelpName = "DIR", Recursive = true };
    private static readonly Option<string?> Database = new("--db") { Description = "The server's database (OVERSEER_DB).", HelpName = "FILE", Recursive = true };

    internal static Command Build(CliConsole console)
    {
        var command = new Command("journal", "Look at the journals on the disk, also without a server.") { Config, State, Database };
        command.Subcommands.Add(Usage(console));
        command.Subcommands.Add(Verify(console));
        command.Subcommands.Add(Export(console));
        return command;
    }

    private static Command Usage(CliConsole console)
    {
        var command = new Command("usage", "Print what the journals take, and what is kept.");
        command.SetAction(parsed =>
        {
            (OverseerConfiguration configuration, JournalFiles files) = Open(parsed);
            var rows = files.All().Select(journal => (journal.Task, Id: Path.GetFileName(journal.Directory), Segments: JournalDirectory.Segments(journal.Directory)))
                .Select(journal => (journal.Task, journal.Id, journal.Segments.Count, Bytes: journal.Segments.Sum(segment => segment.Bytes))).OrderByDescending(journal => journal.Bytes).ToList();
            var table = new Table("NO", "TASK", "ACTION", "SEGMENTS", "BYTES", "JOURNAL");
            foreach ((TaskRecord? task, string id, int segments, long bytes) in rows)
            {
                table.Add(
                    task?.Number.ToString(CultureInfo.InvariantCulture),
                    task?.TaskId,
                    task?.Action,
                    segments.ToString(CultureInfo.InvariantCulture),
                    bytes.ToString(CultureInfo.InvariantCulture),
                    id);
            }
            table.WriteTo(console);
            RetentionOptions limits = RetentionOptions.Of(configuration.Limits, files.Root);
            console.Out.WriteLine($"total: {rows.Sum(row => row.Bytes)} bytes in {rows.Count} journals; kept are {ByteSize.Format(limits.TotalBytes)} of all, {ByteSize.Format(limits.TaskBytes)} of a task");
            console.Out.Flush();
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Verify(CliConsole console)
    {
        var tasks = new Argument<string[]>("TASK") { Description = "Tasks, journals or directories; all of them when none is named.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("verify", "Compare everything in the journals with its checksums; ends with 1 when something is damaged.") { tasks };
        command.SetAction(parsed =>
        {
            JournalFiles files = Open(parsed).Files;
            string[] asked = parsed.GetValue(tasks) ?? [];
            List<string> directories = asked.Length > 0 ? [.. asked.Select(task => files.Find(task).Directory)] : [.. files.All().Select(journal => journal.Directory)];
            long bytes = 0;
            var damaged = 0;
            foreach (string directory in directories)
            {
                IReadOnlyList<JournalDamage> found = JournalVerifier.Verify(directory, out long read);
                bytes += read;
                foreach (JournalDamage damage in found)
                {
                    console.Out.WriteLine($"{damage.Path}: offset {damage.Offset}: {damage.What}");
                    damaged++;
                }
            }
            console.Out.WriteLine(damaged == 0 ? $"{directories.Count} journals, {bytes} bytes: all is well" : $"{directories.Count} journals, {bytes} bytes: damaged at {damaged} places");
            console.Out.Flush();
            return damaged == 0 ? ExitCodes.Ok : DamageFound;
        });
        return command;
    }

    private static Command Export(CliConsole console)
    {
        var task = new Argument<string>("TASK") { Description = "A task, a journal's id or its directory." };
        var format = new Option<string>("--format") { Description = "text: the lines; jsonl: the protocol's messages; raw: the bytes as they were captured.", HelpName = "FORMAT", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "jsonl", "raw");
        var stdout = new Option<bool>("--stdout") { Description = "Only what was written to stdout." };
        var stderr = new Option<bool>("--stderr") { Description = "Only what was written to stderr." };
        var from = new Option<long?>("--from-seq") { Description = "Begin with line N, counted from 1.", HelpName = "N" };
        var output = new Option<string?>("--output", "-o") { Description = "Write to a file, which must not exist.", HelpName = "FILE" };
        var command = new Command("export", "Write out what a task's journal holds.") { task, format, stdout, stderr, from, output };
        command.SetAction(parsed =>
        {
            string form = parsed.GetRequiredValue(format);
            long first = parsed.GetValue(from) ?? 1;
            if (first < 1)
                throw new UsageException("--from-seq takes a line number, 1 or more");
            if (form == "raw" && first > 1)
                throw new UsageException("--from-seq goes with text and jsonl: raw bytes have no lines");
            (string directory, string taskId) = Open(parsed).Files.Find(parsed.GetRequiredValue(task));
            OutputStream? only = (parsed.GetValue(stdout), parsed.GetValue(stderr)) switch
            {
                (true, false) => OutputStream.Stdout,
                (false, true) => OutputStream.Stderr,
                _ => null,
            };
            using FileStream? file = parsed.GetValue(output) is { Length: > 0 } path ? Create(path) : null;
            var export = new JournalExport(directory, taskId, only, file is null ? console.Out : new LineSink(file), console.Error);
            switch (form)
            {
                case "raw":
                    export.Raw();
                    break;
                case "jsonl":
                    export.Messages(first);
                    break;
                default:
                    export.Text(first);
                    break;
            }
            return ExitCodes.Ok;
        });
        return command;
    }

    private static FileStream Create(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be made: {failure.Message}");
        }
    }

    private static (OverseerConfiguration Configuration, JournalFiles Files) Open(ParseResult parsed)
    {
        // No place for sockets is needed here; so none can be missing.
        ConfigurationResult loaded = ConfigurationLoader.Load(new ConfigurationSources
        {
            FlagPath = parsed.GetValue(Config),
            StateDirectory = parsed.GetValue(State),
            RuntimeDirectory = "/",
            Database = parsed.GetValue(Database),
            Environment = ConfigurationSources.OwnEnvironment(),
        });
        if (loaded.Configuration is not { } configuration)
            throw new UsageException(loaded.Errors[0]);
        return (configuration, new JournalFiles(configuration));
    }
}
