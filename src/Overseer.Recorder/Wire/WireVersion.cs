namespace Overseer.Recorder.Wire;

/// <summary>The version of every message but the two hellos, Export, Handover and ExportDone, which stay as they are.</summary>
internal static class WireVersion
{
    internal const int Current = 4;
}
