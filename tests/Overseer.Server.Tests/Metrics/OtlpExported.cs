namespace Overseer.Server.Tests.Metrics;

/// <summary>One export as it came.</summary>
/// <param name="Path">Where it was sent.</param>
/// <param name="Headers">With what headers.</param>
/// <param name="Values">The numbers, by instrument and labels.</param>
/// <param name="Resource">What it says of its sender.</param>
internal sealed record OtlpExported(string Path, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, double> Values, IReadOnlyDictionary<string, string> Resource);
