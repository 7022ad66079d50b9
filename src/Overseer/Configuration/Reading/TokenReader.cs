using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Server.Trust;

namespace Overseer.Configuration.Reading;

/// <summary>Reads <c>tokens</c> and <c>tokens_file</c>. The tokens are secrets: no message shows one, or any text that may be one by mistake.</summary>
internal static class TokenReader
{
    /// <summary>What a token must have at least: fewer characters could be guessed.</summary>
    public const int LeastCharacters = 16;

    private const int MostCharacters = 1024;
    private const int MostTokens = 1000;
    private const int MaxNameBytes = 64;
    private static readonly string[] Ways = ["token", "token_file", "hash"];
    private const string Shape = "{name: ci, hash: …, scopes: operate}";

    /// <summary>Reads all tokens, those of the file behind those of the list.</summary>
    public static IReadOnlyList<AccessToken> Read(ConfigSection root)
    {
        var tokens = new List<AccessToken>();
        ReadList(root, tokens, inFile: false);
        if (root.Text("tokens_file") is { Length: > 0 } path)
        {
            ReadFile(root, path, tokens);
        }

        if (tokens.Count > MostTokens)
        {
            root.Error("tokens", $"are {tokens.Count}; {MostTokens} are allowed");
        }

        return tokens;
    }

    /// <summary>Warns of actions that tokens name and nobody configured: a slip there would let nobody do anything.</summary>
    public static void CheckActions(ConfigSection root, IReadOnlyList<AccessToken> tokens, IEnumerable<string> actions)
    {
        HashSet<string> known = [.. actions, ActionCatalog.CommandName, ActionCatalog.AdoptName];
        foreach (var token in tokens)
        {
            foreach (var name in token.Grant.Actions?.Where(name => !known.Contains(name)).Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>())
            {
                var near = NearestKey.Find(name, known) is { } close ? $"; did you mean {close}?" : "";
                root.Warn("tokens", $"the token \"{token.Name}\" is limited to the action \"{name}\", which is not configured{near}");
            }
        }
    }

    private static void ReadFile(ConfigSection root, string path, List<AccessToken> tokens)
    {
        var (text, problem) = SecretFile.Read(path);
        if (text is null)
        {
            root.Error("tokens_file", problem!);
            return;
        }

        try
        {
            var section = root.Open(YamlDocument.Parse(path, text));
            var before = tokens.Count;
            ReadList(section, tokens, inFile: true);
            section.End();
            if (tokens.Count == before && root.Errors.Count == 0)
            {
                // To take that for "no token is asked for" would open the door.
                root.Error("tokens_file", $"{path} holds no token");
            }
        }
        catch (ConfigurationException e)
        {
            foreach (var error in e.Errors)
            {
                // What the parser says may quote what it stumbled over.
                root.Fail(new ConfigScalar(null, file: error.File, line: error.Line), "is not YAML of the form tokens: [" + Shape + "]");
            }
        }
    }

    private static void ReadList(ConfigSection section, List<AccessToken> tokens, bool inFile)
    {
        switch (section.Node("tokens"))
        {
            case null:
                break;
            case ConfigSequence list:
                foreach (var item in list.Items)
                {
                    if (item is ConfigMapping)
                    {
                        ReadOne(section.Open(item), tokens, inFile);
                    }
                    else
                    {
                        section.Fail(item, $"must be a mapping such as {Shape}, not {item.Kind}");
                    }
                }

                break;
            case var other:
                section.Fail(other, $"must be a list of mappings such as {Shape}, not {other.Kind}");
                break;
        }
    }

    private static void ReadOne(ConfigSection section, List<AccessToken> tokens, bool inFile)
    {
        var name = NameOf(section, tokens);
        var hash = HashOf(section, inFile);
        var scope = ScopeOf(section);
        var (actions, tags) = (Names(section, "actions"), Names(section, "tags"));
        section.End();
        if (name is null || hash is null || scope is null)
        {
            return;
        }

        if (tokens.Find(token => token.Hash.Equals(hash)) is { } twin)
        {
            section.Fail(section.Source, $"is the same token as \"{twin.Name}\"; give each a token of its own");
            return;
        }

        tokens.Add(new AccessToken(name, hash, new Grant { Scope = scope.Value, Actions = actions, Tags = tags }));
    }

    private static string? NameOf(ConfigSection section, List<AccessToken> tokens)
    {
        var name = section.RequiredText("name");
        if (name is null)
        {
            return null;
        }

        if (name.Length is 0 or > MaxNameBytes || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_'))
        {
            section.Error("name", $"must have 1 to {MaxNameBytes} letters, digits, \".\", \"-\" or \"_\"");
            return null;
        }

        if (tokens.Exists(token => token.Name == name))
        {
            section.Error("name", $"\"{name}\" is the name of another token");
            return null;
        }

        return name;
    }

    private static TokenHash? HashOf(ConfigSection section, bool inFile)
    {
        string[] given = [.. Ways.Where(section.Has)];
        if (given.Length != 1)
        {
            section.Fail(section.Source, given.Length == 0 ? "needs one of token, token_file, hash" : $"has {string.Join(" and ", given)}; only one of token, token_file, hash is allowed");
            return null;
        }

        switch (given[0])
        {
            case "hash":
                if (section.Text("hash") is { } hex && TokenHash.Parse(hex) is { } hash)
                {
                    return hash;
                }

                section.Error("hash", "must be the SHA-256 of the token in 64 hexadecimal digits (overseer token new prints both)");
                return null;
            case "token_file":
                if (section.Text("token_file") is not { Length: > 0 } path)
                {
                    section.Error("token_file", "must be the path of a file");
                    return null;
                }

                var (text, problem) = SecretFile.Read(path);
                if (text is null)
                {
                    section.Error("token_file", problem!);
                    return null;
                }

                return Checked(section, "token_file", text.TrimEnd('\r', '\n'));
            default:
                if (!inFile && section.Source is { Line: > 0, File: var file } && SecretFile.IsOpen(file))
                {
                    section.Warn("token", $"others may read {file}; close it with chmod o-r {file}, or write the token's hash instead");
                }

                return Checked(section, "token", section.Text("token") ?? "");
        }
    }

    private static TokenHash? Checked(ConfigSection section, string key, string token)
    {
        if (token.Length is >= LeastCharacters and <= MostCharacters && token.All(letter => letter is > ' ' and < '\x7f'))
        {
            return TokenHash.Of(token);
        }

        section.Error(key, $"must have {LeastCharacters} to {MostCharacters} visible ASCII characters without blanks (overseer token new makes one)");
        return null;
    }

    private static Scope? ScopeOf(ConfigSection section)
    {
        var words = section.CommaList("scopes");
        if (words is not { Count: > 0 })
        {
            section.Error("scopes", $"must be one of {string.Join(", ", ScopeWord.All)}");
            return null;
        }

        var highest = Scope.None;
        foreach (var word in words)
        {
            if (ScopeWord.Parse(word) is not { } scope)
            {
                section.Error("scopes", $"has a word that is no scope; scopes are {string.Join(", ", ScopeWord.All)}");
                return null;
            }

            highest = scope > highest ? scope : highest;
        }

        return highest;
    }

    private static HashSet<string>? Names(ConfigSection section, string key)
    {
        if (section.CommaList(key) is not { } names)
        {
            return null;
        }

        if (names.Count == 0 || names.Any(string.IsNullOrWhiteSpace))
        {
            section.Error(key, "must name at least one, and none may be empty; leave it out for all");
        }

        return new HashSet<string>(names, StringComparer.Ordinal);
    }
}
