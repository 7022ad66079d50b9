using System.Globalization;
using System.Text;
using Overseer.Cli.Console;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Processes;

/// <summary>What <c>top</c> shows and what keys do to it. No terminal: text out, keys in.</summary>
internal sealed class TopScreen(ProcessOrder order, string filter)
{
    private const string Help = "c m t d p a n s sort · r reverse · / filter · ↑↓ scroll · q quit";
    private const int HeadLines = 3; // two of our own and the columns' names
    private ProcessOrder _order = order;
    private string _filter = filter;
    private bool _reversed;
    private bool _typing;
    private int _first;

    /// <summary>What went wrong with the latest look; null for nothing.</summary>
    internal string? Problem { get; set; }

    /// <summary>Takes a key; false when it ends the program.</summary>
    internal bool Take(ConsoleKeyInfo key)
    {
        if (_typing)
        {
            Type(key);
            return true;
        }
        switch (key)
        {
            case { KeyChar: 'q' } or { Key: ConsoleKey.Escape } or { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control }:
                return false;
            case { KeyChar: '/' }:
                _typing = true;
                break;
            case { KeyChar: 'r' }:
                _reversed = !_reversed;
                break;
            case { Key: ConsoleKey.DownArrow }:
                _first++;
                break;
            case { Key: ConsoleKey.UpArrow }:
                _first = Math.Max(0, _first - 1);
                break;
            case { Key: ConsoleKey.Home }:
                _first = 0;
                break;
            default:
                _order = ProcessOrder.All.FirstOrDefault(one => one.Key == key.KeyChar) ?? _order;
                break;
        }
        return true;
    }

    /// <summary>The rows that are shown, in their order.</summary>
    internal IReadOnlyList<ProcessInfo> Choose(IReadOnlyList<ProcessInfo> processes)
        => _order.Apply(processes.Where(task => ProcessTable.Matches(task, _filter)), _reversed);

    /// <summary>The whole screen as lines, cut to its size.</summary>
    internal IReadOnlyList<string> Draw(IReadOnlyList<ProcessInfo> processes, DateTimeOffset now, int width, int height)
    {
        IReadOnlyList<ProcessInfo> chosen = Choose(processes);
        int rows = Math.Max(1, height - HeadLines);
        _first = Math.Clamp(_first, 0, Math.Max(0, chosen.Count - rows));
        List<string> lines = [Summary(processes, chosen.Count, now), _typing ? $"filter: {_filter}▏ (Enter, Esc)" : Problem ?? Help];
        lines.AddRange(ProcessTable.Of(chosen.Skip(_first).Take(rows), now).ToPlainText().TrimEnd('\n').Split('\n'));
        return [.. lines.Take(height).Select(line => Cut(line, width))];
    }

    private string Summary(IReadOnlyList<ProcessInfo> processes, int shown, DateTimeOffset now)
    {
        string percent = Sizes.Percent(processes.Sum(task => task.Tree.CpuPercent));
        string memory = Sizes.Bytes(processes.Sum(task => task.Tree.ResidentBytes));
        var text = new StringBuilder(now.LocalDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture))
            .Append(CultureInfo.InvariantCulture, $"  {processes.Count} running, {processes.Sum(task => task.TreeSize)} processes, {percent} % CPU, {memory} memory; by {_order.Word}");
        if (_reversed)
            text.Append(" reversed");
        if (_filter.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"; {shown} with \"{_filter}\"");
        return text.ToString();
    }

    private void Type(ConsoleKeyInfo key)
    {
        switch (key)
        {
            case { Key: ConsoleKey.Enter }:
                _typing = false;
                break;
            case { Key: ConsoleKey.Escape }:
                (_typing, _filter) = (false, "");
                break;
            case { Key: ConsoleKey.Backspace }:
                _filter = _filter.Length > 0 ? _filter[..^1] : _filter;
                break;
            default:
                _filter += char.IsControl(key.KeyChar) ? "" : key.KeyChar;
                break;
        }
    }

    private static string Cut(string line, int width)
    {
        string plain = new Cell(line).Plain;
        return plain.Length > width ? plain[..width] : plain;
    }
}
