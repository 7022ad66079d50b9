using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Drivers;
using Overseer.Drivers.Exec;
using Overseer.Hub;

namespace Overseer.Configuration;

/// <summary>Loads a configuration and has every action built by its driver: all that can be known without starting anything.</summary>
public static class ConfigurationCheck
{
    /// <summary>Checks a configuration.</summary>
    /// <param name="sources">Where it comes from.</param>
    /// <param name="drivers">The drivers that actions may name; each type once.</param>
    public static CheckedConfiguration Run(ConfigurationSources sources, IReadOnlyList<IDriver> drivers)
    {
        var warnings = new ConfigurationWarnings();
        var errors = new List<ConfigurationError>();
        var configuration = ConfigurationLoader.Load(sources, warnings, errors);
        var actions = Build(configuration, drivers, errors);
        return errors.Count > 0 || configuration is null
            ? new CheckedConfiguration(null, ActionCatalog.Empty, ConfigurationLoader.Texts(errors), warnings.Messages)
            : new CheckedConfiguration(configuration, actions, [], warnings.Messages) { Hosting = [.. drivers.OfType<IHostingDriver>()] };
    }

    private static ActionCatalog Build(OverseerConfiguration? configuration, IReadOnlyList<IDriver> drivers, List<ConfigurationError> errors)
    {
        var byType = drivers.ToDictionary(driver => driver.Type, StringComparer.Ordinal);
        var entries = new List<ActionEntry>();
        foreach (var action in configuration?.Actions ?? [])
        {
            var type = action.Definition.Type;
            if (!byType.TryGetValue(type, out var driver))
            {
                errors.Add(ConfigurationError.At(action.TypeNode, UnknownType(type, byType.Keys)));
                continue;
            }

            try
            {
                entries.Add(new ActionEntry(action.Definition, driver.CreateAction(action.Definition)));
            }
            catch (ConfigurationException exception)
            {
                errors.AddRange(exception.Errors.Select(error => Placed(error, action.TypeNode)));
            }
            catch (Exception exception)
            {
                // A user's driver: its fault must not look like ours, nor hide the faults of other actions.
                errors.Add(ConfigurationError.At(action.TypeNode, $"the driver {type} failed on this action: {exception.GetType().Name}: {exception.Message}"));
            }
        }

        if (errors.Count > 0 || configuration is null) return ActionCatalog.Empty;
        return new ActionCatalog(entries)
        {
            Command = drivers.OfType<ExecDriver>().FirstOrDefault()?.CreateCommand(configuration.Stop),
            Foreign = [SessionAction.Entry, .. drivers.OfType<IForeignTasks>().Select(driver => driver.Foreign)],
        };
    }

    /// <summary>A driver that has no <c>config</c> to point at cannot say where the action is; we can.</summary>
    private static ConfigurationError Placed(ConfigurationError error, ConfigNode? node) =>
        error.File.Length > 0 || node is null ? error : error with { File = node.File, Line = node.Line };

    private static string UnknownType(string type, IEnumerable<string> known)
    {
        var names = known.Order(StringComparer.Ordinal).ToArray();
        var rest = NearestKey.Find(type, names) is { } near ? $"did you mean {near}?" : $"known here are {string.Join(", ", names)}";
        return $"unknown driver type \"{type}\"; {rest}";
    }
}
