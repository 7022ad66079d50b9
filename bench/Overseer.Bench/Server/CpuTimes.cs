namespace Overseer.Bench;

/// <summary>CPU seconds of both halves of Overseer, their children left out.</summary>
internal readonly record struct CpuTimes(double Server, double Recorder)
{
    internal double Both => Server + Recorder;

    public static CpuTimes operator -(CpuTimes later, CpuTimes earlier) =>
        new(later.Server - earlier.Server, later.Recorder - earlier.Recorder);
}
