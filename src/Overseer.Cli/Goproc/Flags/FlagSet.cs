using Overseer.Core.Tasks;

namespace Overseer.Cli.Goproc.Flags;

/// <summary>
/// Reads flags as Go's pflag does, whose complaints are goproc's: flags and arguments may be mixed, <c>--</c> ends the flags, <c>--name=value</c> and <c>--name value</c> are the same, short
/// flags may be joined.
/// </summary>
internal sealed class FlagSet(IEnumerable<Flag> flags)
{
    private readonly List<Flag> _flags = [.. flags];

    internal IReadOnlyList<Flag> Flags => _flags;

    /// <summary>Whether a flag of this long name needs no value; false also for one that there is not.</summary>
    internal bool IsSwitch(string name) => Find(name)?.Bare is not null;

    /// <summary>Whether a flag of this short name needs no value; false also for one that there is not.</summary>
    internal bool IsSwitch(char name) => Find(name)?.Bare is not null;

    /// <summary>Sets the flags, and gives the arguments.</summary>
    /// <exception cref="GoprocFailure">A flag is unknown, or its value is wrong.</exception>
    internal List<string> Parse(IReadOnlyList<string> words)
    {
        var arguments = new List<string>();
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            if (word == "--")
            {
                for (i++; i < words.Count; i++)
                    arguments.Add(words[i]);
            }
            else if (word.StartsWith("--", StringComparison.Ordinal))
                Long(word, words, ref i);
            else if (word.Length > 1 && word[0] == '-')
                Shorts(word, words, ref i);
            else
                arguments.Add(word);
        }
        return arguments;
    }

    private Flag? Find(string name) => _flags.Find(flag => flag.Name == name);

    private Flag? Find(char name) => _flags.Find(flag => flag.Short == name);

    private void Long(string word, IReadOnlyList<string> words, ref int i)
    {
        string name = word[2..];
        if (name[0] is '-' or '=')
            throw new GoprocFailure("bad flag syntax: " + word);
        int equals = name.IndexOf('=', StringComparison.Ordinal);
        string? value = equals < 0 ? null : name[(equals + 1)..];
        name = equals < 0 ? name : name[..equals];
        Flag flag = Find(name) ?? throw new GoprocFailure("unknown flag: --" + name);
        value ??= flag.Bare;
        if (value is null)
            value = ++i < words.Count ? words[i] : throw new GoprocFailure("flag needs an argument: " + word);
        Set(flag, value);
    }

    private void Shorts(string word, IReadOnlyList<string> words, ref int i)
    {
        for (string letters = word[1..]; letters.Length > 0;)
        {
            Flag flag = Find(letters[0]) ?? throw new GoprocFailure($"unknown shorthand flag: {Quoted(letters[0])} in -{letters}");
            string rest = letters[1..];
            string? value;
            if (rest.Length > 1 && rest[0] == '=')
                (value, rest) = (rest[1..], "");
            else if (flag.Bare is not null)
                value = flag.Bare;
            else if (rest.Length > 0)
                (value, rest) = (rest, "");
            else
                value = ++i < words.Count ? words[i] : throw new GoprocFailure($"flag needs an argument: {Quoted(letters[0])} in -{letters}");
            Set(flag, value);
            letters = rest;
        }
    }

    private static string Quoted(char letter) => letter switch
    {
        '"' => "'\"'",
        '\'' => @"'\''",
        _ => $"'{GoQuote.Text(letter.ToString())[1..^1]}'",
    };

    private static void Set(Flag flag, string value)
    {
        try
        {
            flag.Set(value);
        }
        catch (FormatException failure)
        {
            throw new GoprocFailure($"invalid argument {GoQuote.Text(value)} for {GoQuote.Text(flag.Shown)} flag: {failure.Message}");
        }
    }
}
