using Overseer.Configuration;
using Overseer.Recorder.Spawning;

namespace Overseer.Registry;

/// <summary>How adopted processes are watched.</summary>
internal sealed record LivenessOptions
{
    /// <summary>The least and the most that is taken from what this process may open, when nothing is said.</summary>
    private const int LeastPidfds = 64;
    private const int MostPidfds = 65_536;

    /// <summary>Time between looks at processes without a pidfd. Default 10 s.</summary>
    public TimeSpan Interval { get; init; } = new GoprocOptions().LivenessInterval;

    /// <summary>Least time between two updates of when processes were last seen. Default 30 s.</summary>
    public TimeSpan SeenInterval { get; init; } = new GoprocOptions().LastSeenInterval;

    /// <summary>How many processes have a pidfd. Default a quarter of the descriptors that this process may open.</summary>
    public required int MaxPidfds { get; init; }

    /// <summary>What a configuration says.</summary>
    public static LivenessOptions Of(OverseerConfiguration configuration)
    {
        var goproc = configuration.Goproc ?? new GoprocOptions();
        return new LivenessOptions
        {
            Interval = goproc.LivenessInterval,
            SeenInterval = goproc.LastSeenInterval,
            MaxPidfds = configuration.Limits.MaxAdoptedPidfds ?? (int)Math.Clamp(NoFileLimit.Current().Soft / 4, LeastPidfds, MostPidfds),
        };
    }
}
