namespace Overseer.Recorder.Cgroups;

/// <summary>What is known of the run of a group that is found.</summary>
internal enum RunStanding
{
    /// <summary>Nothing: nobody answers for who is in it.</summary>
    Unknown,

    /// <summary>It starts or runs: its group is not touched.</summary>
    Live,

    /// <summary>It is over; what it left running on its own account may go on.</summary>
    Ended,
}
