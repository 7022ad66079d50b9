using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;

namespace Overseer.Configuration.Reading;

/// <summary>Reads <c>stop</c>.</summary>
internal static class StopReader
{
    /// <summary>The policy, with what it does not say taken from <paramref name="fallback"/>.</summary>
    public static StopPolicy Read(ConfigSection parent, StopPolicy fallback)
    {
        if (parent.Section("stop") is not { } section) return fallback;
        var signal = fallback.Signal;
        if (section.Text("signal") is { } name && !PosixSignalName.TryParse(name, out signal))
            section.Error("signal", $"\"{name}\" is no signal; allowed are names such as SIGTERM, INT, SIGUSR1 and numbers from 1 to 64");
        var grace = Grace(section);
        section.End();
        return new StopPolicy(signal, grace ?? fallback.Grace);
    }

    /// <summary>A grace time within the range that is accepted.</summary>
    public static TimeSpan? Grace(ConfigSection section)
    {
        if (section.Duration("grace") is not { } grace) return null;
        if (grace <= StopPolicy.MaxGrace) return grace;
        section.Error("grace", $"must be at most {StopPolicy.MaxGrace.TotalHours}h");
        return null;
    }
}
