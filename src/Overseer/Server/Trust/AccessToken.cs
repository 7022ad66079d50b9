namespace Overseer.Server.Trust;

/// <summary>A token that lets its holder in (<c>tokens</c>). Immutable.</summary>
/// <param name="Name">What logs call it.</param>
/// <param name="Hash">What is known of the token itself.</param>
/// <param name="Grant">What its holder may do.</param>
internal sealed record AccessToken(string Name, TokenHash Hash, Grant Grant);
