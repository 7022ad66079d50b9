namespace Overseer.Drivers.Docker.Engine;

/// <summary>An image that an engine has.</summary>
/// <param name="Id">Its id.</param>
internal sealed record ImageDetails(string? Id);
