namespace Overseer.Metrics;

/// <summary>The server's process and its recorder's.</summary>
/// <param name="Own">The server's.</param>
/// <param name="Recorder">The recorder's; null while there is none, or when it is a thread of the server.</param>
internal sealed record ProcessReadings(ProcessReading? Own, ProcessReading? Recorder)
{
    /// <summary>Looks at both.</summary>
    public static ProcessReadings Take(int recorderPid) =>
        new(ProcessReading.Of(Environment.ProcessId), recorderPid > 0 && recorderPid != Environment.ProcessId ? ProcessReading.Of(recorderPid) : null);
}
