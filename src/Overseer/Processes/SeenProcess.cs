using Overseer.Recorder.Processes;

namespace Overseer.Processes;

/// <summary>One process of a look.</summary>
/// <param name="Stat">Where it belongs.</param>
/// <param name="Use">What it uses.</param>
internal sealed record SeenProcess(ProcessStat Stat, ProcessUse Use);
