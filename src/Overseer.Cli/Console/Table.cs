using System.Text;

namespace Overseer.Cli.Console;

/// <summary>Rows with named columns, drawn for a person on a terminal or as aligned plain text for everything else.</summary>
internal sealed class Table(params string[] columns)
{
    private readonly List<Cell[]> _rows = [];

    internal IReadOnlyList<string> Columns => columns;

    internal IReadOnlyList<Cell[]> Rows => _rows;

    internal void Add(params Cell[] row)
    {
        if (row.Length != columns.Length)
            throw new ArgumentException($"{row.Length} cells for {columns.Length} columns", nameof(row));
        _rows.Add(row);
    }

    internal void WriteTo(CliConsole console)
    {
        if (console.OutIsTerminal)
            TerminalTable.Draw(this, console);
        else
            console.Out.Write(ToPlainText());
        console.Out.Flush();
    }

    /// <summary>Columns separated by two blanks, nothing cut off, a dash for what is empty so that fields can be counted.</summary>
    internal string ToPlainText()
    {
        int[] widths = new int[columns.Length];
        for (int i = 0; i < widths.Length; i++)
        {
            widths[i] = columns[i].Length;
            foreach (Cell[] row in _rows)
                widths[i] = Math.Max(widths[i], row[i].Plain.Length);
        }
        var text = new StringBuilder();
        AppendLine(text, columns, widths);
        foreach (Cell[] row in _rows)
            AppendLine(text, row.Select(cell => cell.Plain), widths);
        return text.ToString();
    }

    private static void AppendLine(StringBuilder text, IEnumerable<string> cells, int[] widths)
    {
        int column = 0;
        foreach (string cell in cells)
        {
            bool last = column == widths.Length - 1;
            text.Append(last ? cell : cell.PadRight(widths[column] + 2));
            column++;
        }
        text.Append('\n');
    }
}
