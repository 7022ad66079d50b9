using System.Globalization;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Diagnosis;

/// <summary>Whether the clock can be right: time stamps, retry windows and ages in queues go by it.</summary>
internal sealed class ClockExamination : IExamination
{
    private static readonly DateTimeOffset Earliest = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string Name => "clock";

    public IEnumerable<Finding> Examine(Patient patient)
    {
        var now = TimeProvider.System.GetUtcNow();
        var text = now.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        if (now < Earliest || now > Latest)
        {
            yield return Finding.Failed(Name, $"it says {text}, which cannot be", "set it, and keep it right with NTP (timedatectl set-ntp true)");
            yield break;
        }

        var before = Libc.ClockGetTime(Libc.CLOCK_MONOTONIC);
        if (before <= 0 || Libc.ClockGetTime(Libc.CLOCK_MONOTONIC) < before)
        {
            yield return Finding.Failed(Name, "the monotonic clock does not run", "this is a fault of the machine, or of what virtualizes it");
            yield break;
        }

        yield return Libc.ReadTimeAdjustment() switch
        {
            { Status: var status } when (status & Libc.STA_UNSYNC) == 0 => Finding.Ok(Name, $"{text}, kept right by NTP"),
            null => Finding.Ok(Name, $"{text}; the system does not say whether it is kept right"),
            _ => Finding.Warning(Name, $"{text}, and nothing keeps it right as far as the kernel knows", "run an NTP client (timedatectl set-ntp true); in a container or a virtual machine the host may do it"),
        };
    }
}
