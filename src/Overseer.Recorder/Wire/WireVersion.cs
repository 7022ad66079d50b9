namespace Overseer.Recorder.Wire;

/// <summary>The version of every message but the two hellos.</summary>
internal static class WireVersion
{
    internal const int Current = 1;
}
