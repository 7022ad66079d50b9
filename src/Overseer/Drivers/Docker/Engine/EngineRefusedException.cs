using System.Net;

namespace Overseer.Drivers.Docker.Engine;

/// <summary>An engine has answered that it will not, or cannot.</summary>
/// <param name="status">Its status code.</param>
/// <param name="message">Its reason, in its own words.</param>
internal sealed class EngineRefusedException(HttpStatusCode status, string message) : EngineException(message)
{
    /// <summary>Its status code.</summary>
    public HttpStatusCode Status => status;

    /// <summary>What was asked for is not there. podman has another status for a container that is removed while it looks.</summary>
    public bool IsMissing => status == HttpStatusCode.NotFound || Message.Contains("no such container", StringComparison.OrdinalIgnoreCase);
}
