using System.Globalization;
using Overseer.Core.Configuration;

namespace Overseer.Configuration.Reading;

/// <summary>
/// The value of <c>OVERSEER_TOKENS</c> as the list that a file would hold: entries with commas between them, each <c>NAME:SCOPE:TOKEN</c>,
/// <c>NAME:SCOPE:sha256:HEX</c>, or a token alone, which may do everything.
/// </summary>
internal static class TokenVariable
{
    private const string HashPrefix = "sha256:";

    public static ConfigSequence Parse(string source, string text)
    {
        var items = new List<ConfigNode>();
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            items.Add(Item(source, entry, string.Create(CultureInfo.InvariantCulture, $"tokens[{items.Count}]")));
        }

        return new ConfigSequence(items, source, path: "tokens");
    }

    private static ConfigNode Item(string source, string entry, string path)
    {
        string[] parts = entry.Split(':', 3) switch
        {
            [var token] => ["environment", "admin", token],
            [var name, var scope, var token] => [name, scope, token],
            // Neither form: shown as text, which the reader of the list refuses without showing what it is.
            _ => [],
        };
        if (parts is not [var given, var word, var secret])
        {
            return new ConfigScalar("", quoted: true, source, path: path);
        }

        var key = secret.StartsWith(HashPrefix, StringComparison.Ordinal) ? "hash" : "token";
        return new ConfigMapping(
            [
                new("name", Scalar(given, "name")),
                new(key, Scalar(key == "hash" ? secret[HashPrefix.Length..] : secret, key)),
                new("scopes", Scalar(word, "scopes")),
            ],
            source,
            path: path);

        ConfigScalar Scalar(string value, string name) => new(value, quoted: true, source, path: $"{path}.{name}");
    }
}
