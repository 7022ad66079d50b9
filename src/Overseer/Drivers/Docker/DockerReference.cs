using System.Text.Json;
using Overseer.Core.Tasks;

namespace Overseer.Drivers.Docker;

/// <summary>What a run's container is found by. Stored in clear.</summary>
/// <param name="Engine">Path of the engine's socket.</param>
/// <param name="Container">Its name, or the id of one that somebody else has made.</param>
/// <param name="AutoRemove">Whether it goes when its end is stored.</param>
/// <param name="Foreign">Whether somebody else has made it.</param>
internal sealed record DockerReference(string Engine, string Container, bool AutoRemove, bool Foreign)
{
    /// <summary>The name of a run's container. An engine has each name once: so nothing that is tried again can make a second one.</summary>
    public static string NameOf(RunId run) => $"overseer-{run.Value:N}";

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">It did not.</exception>
    public static DockerReference Read(string? text)
    {
        try
        {
            return JsonSerializer.Deserialize(text ?? "", DockerJson.Default.DockerReference) ?? throw new FormatException("there is no reference to a container");
        }
        catch (JsonException e)
        {
            throw new FormatException("what is stored is no reference to a container", e);
        }
    }

    /// <summary>For the store.</summary>
    public string Write() => JsonSerializer.Serialize(this, DockerJson.Default.DockerReference);
}
