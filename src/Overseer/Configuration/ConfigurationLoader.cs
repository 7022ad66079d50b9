using Overseer.Configuration.Reading;
using Overseer.Core.Configuration;

namespace Overseer.Configuration;

/// <summary>Loads a configuration from a file, the environment and flags, and reports everything that is wrong with it at once.</summary>
public static class ConfigurationLoader
{
    /// <summary>Names the file; wins over <c>--config</c>.</summary>
    public const string PathVariable = "OVERSEER_CONFIG";

    /// <summary>What <c>sticky-overseer</c> reads when it is there.</summary>
    private const string StickyPath = "./config.yaml";

    private const string NoFile = "no configuration file was named, so there are no actions to start, only commands, by clients of the server's own user; name one with --config FILE or OVERSEER_CONFIG";

    /// <summary>The file that would be loaded; null when none is named.</summary>
    public static string? PathOf(ConfigurationSources sources) =>
        sources.Environment.GetValueOrDefault(PathVariable) is { Length: > 0 } variable ? variable
        : !string.IsNullOrEmpty(sources.FlagPath) ? sources.FlagPath
        : sources.IsStickyOverseer && File.Exists(StickyPath) ? StickyPath
        : null;

    /// <summary>Loads it. Reads the one file, nothing else; starts and creates nothing.</summary>
    /// <param name="sources">Where it comes from.</param>
    public static ConfigurationResult Load(ConfigurationSources sources)
    {
        var warnings = new ConfigurationWarnings();
        var errors = new List<ConfigurationError>();
        var configuration = Load(sources, warnings, errors);
        return new ConfigurationResult(errors.Count == 0 ? configuration : null, Texts(errors), warnings.Messages);
    }

    /// <summary>The same, for a caller that goes on collecting. The result may be partly wrong when there are errors; null when nothing could be read.</summary>
    internal static OverseerConfiguration? Load(ConfigurationSources sources, ConfigurationWarnings warnings, List<ConfigurationError> errors)
    {
        var path = PathOf(sources);
        try
        {
            if (path is null && !sources.IsStickyOverseer && !sources.IsHub && string.IsNullOrEmpty(sources.Command)) warnings.Add(null, NoFile);
            var document = path is null ? new ConfigMapping([]) : YamlDocument.Load(path);
            var overlay = new Overlay(document).Apply(sources);
            if (path is null) overlay.WithoutFile(sources);
            var root = new ConfigSection(overlay.Result, warnings, errors);
            var places = Places.Resolve(sources.StateDirectory, sources.RuntimeDirectory, sources.Environment);
            return RootReader.Read(root, path, places, ServiceManager.StartedUs(sources.Environment, Environment.ProcessId), sources.IsHub);
        }
        catch (ConfigurationException exception)
        {
            errors.AddRange(exception.Errors);
            return null;
        }
    }

    /// <summary>Errors as lines, in the order of the file; each once, as an alias may bring the same one twice.</summary>
    internal static IReadOnlyList<string> Texts(IEnumerable<ConfigurationError> errors) =>
        [.. errors.OrderBy(error => error.Line).Select(error => error.ToString()).Distinct(StringComparer.Ordinal)];
}
