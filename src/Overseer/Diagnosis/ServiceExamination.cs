using Overseer.Configuration;

namespace Overseer.Diagnosis;

/// <summary>What of systemd concerns a server here.</summary>
internal sealed class ServiceExamination : IExamination
{
    private static readonly string[] SystemUnits = ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    public string Name => "systemd";

    public IEnumerable<Finding> Examine(Patient patient)
    {
        if (!Directory.Exists("/run/systemd/system"))
        {
            yield return Finding.Ok(Name, "does not run here");
            yield break;
        }

        var (server, recorder) = (IsInstalled("overseer.service"), IsInstalled("overseer-recorder.service"));
        yield return (server, recorder) switch
        {
            (true, true) => Finding.Ok(Name, "both units are installed"),
            (false, false) => Finding.Ok(Name, "runs, and no units of Overseer are installed (make install places them)"),
            _ => Finding.Warning(Name, $"only {(server ? "overseer.service" : "overseer-recorder.service")} is installed", "install both, or tasks end with the server's unit"),
        };

        // A user's runtime directory is removed at his last logout, sockets and all.
        var user = Environment.UserName;
        if (patient.Places?.RuntimeDirectory.StartsWith($"/run/user/{CurrentUser.Id}/", StringComparison.Ordinal) == true && !File.Exists($"/var/lib/systemd/linger/{user}"))
        {
            yield return Finding.Warning("lingering", $"the runtime directory {patient.Places.RuntimeDirectory} and all processes of {user} may go with the last logout", $"loginctl enable-linger {user}");
        }
    }

    private static bool IsInstalled(string unit) => SystemUnits.Any(directory => File.Exists($"{directory}/{unit}"));
}
