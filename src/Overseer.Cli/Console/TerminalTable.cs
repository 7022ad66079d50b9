using Spectre.Console;

namespace Overseer.Cli.Console;

/// <summary>Draws tables with Spectre.Console. The only place that touches it, since loading it takes longer than most commands.</summary>
internal static class TerminalTable
{
    private static readonly Style Heading = new(decoration: Decoration.Bold);

    internal static void Draw(Table table, CliConsole console)
    {
        var drawn = new Spectre.Console.Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (string name in table.Columns)
            drawn.AddColumn(new TableColumn(new Text(name, Heading)).PadLeft(0).PadRight(2));
        foreach (Cell[] row in table.Rows)
            drawn.AddRow(row.Select(cell => new Text(cell.Plain, StyleOf(cell.Tone))));

        var text = new StringWriter();
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = console.Colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = console.Colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        terminal.Profile.Width = console.Size().Width;
        terminal.Write(drawn);
        console.Out.Write(text.ToString());
    }

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Good => new Style(Color.Green),
        Tone.Bad => new Style(Color.Red),
        Tone.Waiting => new Style(Color.Yellow),
        Tone.Quiet => new Style(decoration: Decoration.Dim),
        _ => Style.Plain,
    };
}
