using Overseer.Configuration;

namespace Overseer.Diagnosis;

/// <summary>All errors and warnings of the configuration, as `overseer validate` says them.</summary>
internal sealed class ConfigurationExamination : IExamination
{
    public string Name => "configuration";

    public IEnumerable<Finding> Examine(Patient patient)
    {
        var file = ConfigurationLoader.PathOf(patient.Sources);
        foreach (var error in patient.Check.Errors)
        {
            yield return Finding.Failed(Name, error, "correct it; overseer validate says whether it is right");
        }

        foreach (var warning in patient.Check.Warnings)
        {
            yield return Finding.Warning(Name, warning, file is null ? "name the file with --config FILE or OVERSEER_CONFIG" : "see docs/configuration.md");
        }

        if (patient.Check.Configuration is { } configuration && patient.Check.Warnings.Count == 0)
        {
            yield return Finding.Ok(Name, $"{file}: valid, {configuration.Actions.Count} actions");
        }
    }
}
