namespace Overseer.Server.Trust;

/// <summary>The tokens that are valid. Immutable; safe from all threads.</summary>
internal sealed class TokenSet(IReadOnlyList<AccessToken> tokens)
{
    /// <summary>No token is asked for.</summary>
    public static TokenSet Empty { get; } = new([]);

    /// <summary>Whether a token is asked for.</summary>
    public bool IsAsked => tokens.Count > 0;

    /// <summary>The token with this hash. Looks at every token, so that the time it takes says nothing about any.</summary>
    public AccessToken? Find(TokenHash hash)
    {
        AccessToken? found = null;
        foreach (var token in tokens)
        {
            if (token.Hash.Equals(hash))
            {
                found = token;
            }
        }

        return found;
    }
}
