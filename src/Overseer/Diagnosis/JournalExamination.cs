using Overseer.Retention;

namespace Overseer.Diagnosis;

/// <summary>Whether the disk has room for what the limits let journals take.</summary>
internal sealed class JournalExamination : IExamination
{
    public string Name => "journals";

    public IEnumerable<Finding> Examine(Patient patient)
    {
        if (patient.Places is not { } places || !Directory.Exists(places.JournalDirectory))
        {
            yield break;
        }

        var options = RetentionOptions.Of(patient.Configuration.Limits, places.JournalDirectory);
        var used = new DirectoryInfo(places.JournalDirectory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        var free = new DriveInfo(places.JournalDirectory).AvailableFreeSpace;
        var found = $"{Sizes.Text(used)} of at most {Sizes.Text(options.TotalBytes)} (limits.total_journal_bytes), {Sizes.Text(free)} free";
        var left = options.TotalBytes - used;
        yield return left > free
            ? Finding.Warning(Name, $"{found}: the disk may be full before the oldest are deleted", $"set limits.total_journal_bytes to at most {Sizes.Text(used + (free / 2))}, or make room")
            : Finding.Ok(Name, found);
    }
}
