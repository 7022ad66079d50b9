using System.Globalization;

namespace Overseer.Drivers.Docker.Engine;

/// <summary>Something that happened at an engine.</summary>
/// <param name="Action">What.</param>
/// <param name="Actor">To whom.</param>
internal sealed record EngineEvent(string? Action, EngineActor? Actor)
{
    /// <summary>The exit code, if it is the end of a container; podman calls both the event and the code otherwise.</summary>
    public int? ExitCode => Action is "die" or "died"
        && (Actor?.Attributes?.GetValueOrDefault("exitCode") ?? Actor?.Attributes?.GetValueOrDefault("containerExitCode")) is { } text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null;
}
