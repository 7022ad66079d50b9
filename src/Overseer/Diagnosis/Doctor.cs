using Overseer.Configuration;
using Overseer.Core.Drivers;

namespace Overseer.Diagnosis;

/// <summary>Looks at everything that a server stands on, with or without one that runs, and changes nothing of it.</summary>
public static class Doctor
{
    private static readonly IReadOnlyList<IExamination> Examinations =
    [
        new ConfigurationExamination(),
        new ExposureExamination(),
        new DirectoryExamination(),
        new ServerExamination(),
        new PortExamination(),
        new DatabaseExamination(),
        new JournalExamination(),
        new LimitExamination(),
        new KernelExamination(),
        new CgroupExamination(),
        new RecorderExamination(),
        new ClockExamination(),
        new ServiceExamination(),
    ];

    /// <summary>Looks.</summary>
    /// <param name="sources">Where the configuration comes from.</param>
    /// <param name="drivers">The drivers that actions may name.</param>
    public static IReadOnlyList<Finding> Examine(ConfigurationSources sources, IReadOnlyList<IDriver> drivers)
    {
        var patient = Patient.Of(sources, ConfigurationCheck.Run(sources, drivers));
        return [.. Examinations.SelectMany(examination => Examine(examination, patient))];
    }

    private static IReadOnlyList<Finding> Examine(IExamination examination, Patient patient)
    {
        try
        {
            return [.. examination.Examine(patient)];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // One that fails must not hide what the others find.
            return [Finding.Failed(examination.Name, $"could not be looked at: {e.Message}", "run overseer doctor as the user of the server, or as root")];
        }
    }
}
