using System.Runtime.InteropServices;

namespace Overseer.Core.Tasks;

/// <summary>Identifies a timer of the engine. A key is armed at most once at a time; arming it again replaces its due time.</summary>
/// <param name="RunId">The run it belongs to.</param>
/// <param name="Kind">What it is for.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TimerKey(RunId RunId, TimerKind Kind);
