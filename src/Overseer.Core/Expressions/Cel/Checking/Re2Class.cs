namespace Overseer.Core.Expressions.Cel.Checking;

/// <summary>RE2's named classes of characters, all of them ASCII, as ranges to be put between brackets.</summary>
internal static class Re2Class
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z",
        ["alpha"] = "A-Za-z",
        ["ascii"] = @"\x00-\x7f",
        ["blank"] = @"\t ",
        ["cntrl"] = @"\x00-\x1f\x7f",
        ["digit"] = "0-9",
        ["graph"] = "!-~",
        ["lower"] = "a-z",
        ["print"] = " -~",
        ["punct"] = @"!-/:-@\[-`{-~",
        ["space"] = @"\t\n\v\f\r ",
        ["upper"] = "A-Z",
        ["word"] = "0-9A-Z_a-z",
        ["xdigit"] = "0-9A-Fa-f",
        ["^alnum"] = @"\x00-/:-@\[-`{-\uffff",
        ["^alpha"] = @"\x00-@\[-`{-\uffff",
        ["^ascii"] = @"\x80-\uffff",
        ["^blank"] = @"\x00-\x08\n-\x1f!-\uffff",
        ["^cntrl"] = @" -~\x80-\uffff",
        ["^digit"] = @"\x00-/:-\uffff",
        ["^graph"] = @"\x00- \x7f-\uffff",
        ["^lower"] = @"\x00-`{-\uffff",
        ["^print"] = @"\x00-\x1f\x7f-\uffff",
        ["^punct"] = @"\x00- 0-9A-Za-z\x7f-\uffff",
        ["^space"] = @"\x00-\x08\x0e-\x1f!-\uffff",
        ["^upper"] = @"\x00-@\[-\uffff",
        ["^word"] = @"\x00-/:-@\[-\^`{-\uffff",
        ["^xdigit"] = @"\x00-/:-@G-`g-\uffff",
    };

    /// <summary>The ranges of <c>[:name:]</c>, <c>^</c> before the name for all others; null when there is none.</summary>
    public static string? Posix(string name) => Names.GetValueOrDefault(name);

    /// <summary>The ranges of <c>\d \w \s</c> and, in capitals, of all others.</summary>
    public static string Perl(char letter) => letter switch
    {
        'd' => Names["digit"],
        'D' => Names["^digit"],
        'w' => Names["word"],
        'W' => Names["^word"],
        's' => @"\t\n\f\r ",
        _ => @"\x00-\x08\x0b\x0e-\x1f!-\uffff",
    };
}
