namespace Overseer.Protocols.Tests;

/// <summary>One input and what comes of it; <paramref name="Place"/> is the file and line.</summary>
internal sealed record GoldenCase(string Place, byte[] Input, byte[] Expected);
