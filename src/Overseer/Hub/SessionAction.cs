using Overseer.Core.Drivers;
using Overseer.Core.Tasks;

namespace Overseer.Hub;

/// <summary>What stands for the action of sessions: tasks that containers make by reporting to the hub.</summary>
internal sealed class SessionAction : IAction
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private SessionAction()
    {
    }

    /// <summary>The one there is.</summary>
    public static ActionEntry Entry { get; } = new(
        new ActionDefinition { Name = ActionCatalog.SessionName, Type = ActionCatalog.SessionName, Description = "A container that reports to the hub." },
        new SessionAction());

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ParameterSpec?> Parameters { get; } = new Dictionary<string, ParameterSpec?>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public RunPlan Plan(RunRequest request) => new HostedPlan { Host = SessionHost.HostName, Stop = new StopPolicy(PosixSignalName.Sigterm, Grace) };
}
