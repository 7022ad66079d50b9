namespace Overseer.Drivers.Docker.Engine;

/// <summary>A container in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Its state, a word.</param>
/// <param name="Labels">What it was labelled with.</param>
internal sealed record ContainerSummary(string Id, string? State, IReadOnlyDictionary<string, string>? Labels);
