using System.CommandLine;

namespace Overseer.Cli.Completion;

/// <summary>The words of a command line as far as it is written: subcommand, arguments, options, and the word that is being written.</summary>
internal sealed class WrittenWords
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _arguments = [];
    private readonly List<Command> _path;

    private WrittenWords(Command command, string current)
    {
        _path = [command];
        Current = current;
    }

    /// <summary>The innermost command that was named.</summary>
    internal Command Command => _path[^1];

    /// <summary>The word that is being written; empty when none has been begun.</summary>
    internal string Current { get; }

    /// <summary>The arguments before it.</summary>
    internal IReadOnlyList<string> Arguments => _arguments;

    /// <summary>The option whose value is being written, in a word of its own.</summary>
    internal Option? Open { get; private set; }

    /// <summary>Whether <c>--</c> was written: no options follow.</summary>
    internal bool OnlyArguments { get; private set; }

    internal static WrittenWords Of(Command command, string[] words)
    {
        var written = new WrittenWords(command, words[^1]);
        foreach (string word in words.AsSpan(..^1))
            written.Take(word);
        return written;
    }

    /// <summary>The value of an option that takes one, if it was written.</summary>
    internal string? ValueOf(string option) => _values.GetValueOrDefault(option);

    /// <summary>The options that may be written here.</summary>
    internal IEnumerable<Option> Options() => Command.Options.Concat(_path.SkipLast(1).SelectMany(outer => outer.Options.Where(option => option.Recursive)));

    /// <summary>The option of a name or alias.</summary>
    internal Option? Find(string name) => Options().FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));

    private void Take(string word)
    {
        if (Open is { } open)
        {
            _values[open.Name] = word;
            Open = null;
        }
        else if (word == "--" && !OnlyArguments)
        {
            OnlyArguments = true;
        }
        else if (word.Length > 1 && word[0] == '-' && !OnlyArguments)
        {
            string[] parts = word.Split('=', 2);
            if (Find(parts[0]) is not { } option || option.ValueType == typeof(bool))
                return;
            if (parts.Length > 1)
                _values[option.Name] = parts[1];
            else
                Open = option;
        }
        else if (_arguments.Count == 0 && Command.Subcommands.FirstOrDefault(one => one.Name == word) is { } inner)
        {
            _path.Add(inner);
        }
        else
        {
            _arguments.Add(word);
        }
    }
}
