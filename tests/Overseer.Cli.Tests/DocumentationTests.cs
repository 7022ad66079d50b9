using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Overseer.Cli.Commands;
using Overseer.Cli.Console;
using Overseer.Hosting;

namespace Overseer.Cli.Tests;

/// <summary>docs/cli.md must not drift from the commands.</summary>
public sealed class DocumentationTests
{
    private static readonly string Page = ReadPage();

    public static TheoryData<string> Commands => [.. Named("", CommandTree.All(Console())).Select(one => one.Name)];

    [Fact]
    public void The_page_begins_with_every_command_and_no_other()
        => Assert.Equal(
            CommandTree.Names.Split(", ").Order(StringComparer.Ordinal),
            Pattern("^overseer (?<name>\\S+)").Matches(Page.Split("```")[1]).Select(one => one.Groups["name"].Value).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_option_of_a_command_is_in_its_section_and_no_other(string name)
    {
        Command command = Named("", CommandTree.All(Console())).Single(one => one.Name == name).Command;
        string section = SectionOf(name);
        string[] options = [.. command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Where(option => option is not ("--host" or "-H" or "--token" or "--token-file" or "--ca-file"))];
        Assert.All(options.Where(option => option.StartsWith("--", StringComparison.Ordinal) && option != "--runtime-dir"), option => Assert.Matches(Pattern($@"(?<![\w-]){option}(?![\w-])"), section));

        string synopsis = Pattern(@"\A\*\*`[^`]*`\*\*( or \*\*`[^`]*`\*\*)?").Match(section).Value;
        string[] written = [.. Pattern(@"(?<![\w-])--?[a-z][a-z-]*").Matches(synopsis).Select(one => one.Value).Where(option => name != "journal export" || option is not ("--stdout" or "--stderr"))];
        Assert.All(written, option => Assert.Contains(option, options.Append("--runtime-dir")));
    }

    [Fact]
    public void Every_exit_code_is_in_the_table()
        => Assert.All(
            typeof(ExitCodes).GetFields().Select(field => (int)field.GetRawConstantValue()!),
            code => Assert.Matches(Pattern($@"^\| {code} \|"), Page[Page.IndexOf("## Exit codes", StringComparison.Ordinal)..]));

    private static Regex Pattern(string text) => new(text, RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));

    // A section goes from its synopsis to the next one; options that come again in a list below belong to it.
    private static string SectionOf(string name)
    {
        Match begin = Pattern($@"^\*\*`{name}[ `]").Match(Page);
        Assert.True(begin.Success, $"{name} has no section that begins with **`{name} …`**");
        Match end = Pattern(@"^(\*\*`|## )").Match(Page, begin.Index + 2);
        return Page[begin.Index..(end.Success ? end.Index : Page.Length)];
    }

    private static IEnumerable<(string Name, Command Command)> Named(string outer, IEnumerable<Command> commands)
        => commands.SelectMany(command => command.Subcommands.Count > 0 && command.Action is null
            ? Named(outer + command.Name + " ", command.Subcommands)
            : Named(outer + command.Name + " ", command.Subcommands).Prepend((outer + command.Name, command)));

    private static CliConsole Console() => new()
    {
        Out = new LineSink(Stream.Null),
        ErrorLines = new LineSink(Stream.Null),
        Error = TextWriter.Null,
        OutIsTerminal = false,
        ErrorIsTerminal = false,
        Variable = _ => null,
    };

    private static string ReadPage([CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../docs/cli.md"));
}
