namespace Overseer.Core.Registry;

/// <summary>What makes an adopted process the same one: its number is given to others after it, number and start time together are not, within one boot.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="StartTime">Field 22 of <c>/proc/PID/stat</c>.</param>
/// <param name="BootId">The boot of the machine.</param>
/// <param name="Group">Its process group when it was adopted.</param>
internal sealed record AdoptedProcess(int Pid, long StartTime, Guid BootId, int Group)
{
    /// <summary>Whether it is the same process; the group may have changed.</summary>
    public bool IsSame(AdoptedProcess other) => Pid == other.Pid && StartTime == other.StartTime && BootId == other.BootId;
}
