using System.Globalization;
using System.Text.Json.Nodes;

namespace Overseer.Chaos.Workers;

/// <summary>The retry policy of a life, and what its client does about it.</summary>
/// <param name="Delay">Between an exit and the next start.</param>
/// <param name="Jitter">At most so much more.</param>
/// <param name="Threshold">Exits inside the window at which it is given up; 0: never.</param>
/// <param name="Window">Zero: all exits count.</param>
/// <param name="Resets">How often it is reset after it was given up; meaningful when nobody stops it.</param>
internal sealed record Retries(TimeSpan Delay, TimeSpan Jitter, int Threshold, TimeSpan Window, int Resets)
{
    /// <summary>The field of the start.</summary>
    internal JsonObject ToPolicy() => new()
    {
        ["restart_delay"] = Text(Delay),
        ["restart_jitter"] = Text(Jitter),
        ["error_threshold"] = Threshold,
        ["error_window"] = Text(Window),
    };

    private static string Text(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) + "ms";
}
