using System.Globalization;

namespace Overseer.Configuration;

/// <summary>Whether a service manager started this process; it then ends and restarts it as it likes, and tasks are not to notice.</summary>
internal static class ServiceManager
{
    /// <summary>
    /// A socket to notify, or systemd's id for this start of the unit. The latter is inherited by everything below a service, a shell in a desktop's terminal
    /// for instance; where systemd says which process it means (248 and later), it must be this one (systemd.exec(5), "Environment Variables Set").
    /// </summary>
    public static bool StartedUs(IReadOnlyDictionary<string, string> environment, int pid)
    {
        if (Has("NOTIFY_SOCKET")) return true;
        if (!Has("INVOCATION_ID")) return false;
        return !Has("SYSTEMD_EXEC_PID") || environment["SYSTEMD_EXEC_PID"] == pid.ToString(CultureInfo.InvariantCulture);

        bool Has(string name) => environment.GetValueOrDefault(name) is { Length: > 0 };
    }
}
