using Overseer.Chaos.Workers;

namespace Overseer.Chaos.Checks;

/// <summary>What was seen of one life.</summary>
internal sealed class LifeCheck(Life life, int pid)
{
    internal Life Life => life;

    internal int Pid => pid;

    internal LaneCheck[] Lanes { get; } = [new(), new(), new(), new()];

    internal RunEnd? End { get; set; }

    /// <summary>Whether its end was asked for; <see langword="null"/> where that is not said.</summary>
    internal bool? Intentional { get; set; }
}
