namespace Overseer.Server.Proxies;

/// <summary>What a proxy says of the request it got.</summary>
/// <param name="For">Who sent it: an address, with or without a port.</param>
/// <param name="Scheme">By which scheme.</param>
/// <param name="Host">To which host.</param>
internal readonly record struct ForwardedHop(string? For, string? Scheme, string? Host);
