using Overseer.Core.Drivers;
using Overseer.Core.Tasks;

namespace Overseer.Drivers.Exec;

/// <summary>The driver <c>exec</c>: each run is a process of this machine.</summary>
/// <param name="environment">The server's environment; what of it children get is for <see cref="ChildEnvironment"/> to say.</param>
/// <param name="workingDirectory">The server's working directory, absolute.</param>
internal sealed class ExecDriver(IReadOnlyDictionary<string, string> environment, string workingDirectory) : IDriver
{
    private readonly Dictionary<string, string> _inherited = ChildEnvironment.Inherit(environment);

    /// <summary>Makes a driver whose children inherit from this process.</summary>
    public static ExecDriver ForThisProcess() => new(ChildEnvironment.OfThisProcess(), Environment.CurrentDirectory);

    /// <inheritdoc/>
    public string Type => "exec";

    /// <inheritdoc/>
    public IAction CreateAction(ActionDefinition definition) => new ExecAction(ExecSettings.Read(definition, workingDirectory), _inherited, workingDirectory);

    /// <summary>What runs commands that no action describes.</summary>
    /// <param name="stop">How they are stopped.</param>
    public ActionEntry CreateCommand(StopPolicy stop) => new(
        new ActionDefinition { Name = ActionCatalog.CommandName, Type = Type, Stop = stop },
        new CommandAction(_inherited, workingDirectory, stop));
}
