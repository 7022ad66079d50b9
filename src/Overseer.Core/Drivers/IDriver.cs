using Overseer.Core.Configuration;

namespace Overseer.Core.Drivers;

/// <summary>
/// A way of starting tasks, such as processes or containers; write one to teach Overseer another. A driver is asked once per action when the configuration
/// is loaded; from then on the <see cref="IAction"/> it made is asked at each start.
/// </summary>
public interface IDriver
{
    /// <summary>The name by which the configuration chooses this driver: <c>type:</c> of an action. Lower case, unique.</summary>
    string Type { get; }

    /// <summary>Makes an action from its configuration. Called on the thread that loads the configuration.</summary>
    /// <param name="definition">The action's name, settings and configuration.</param>
    /// <exception cref="ConfigurationException">The configuration is wrong; it says where (<see cref="ConfigSection"/> collects all errors).</exception>
    IAction CreateAction(ActionDefinition definition);
}
