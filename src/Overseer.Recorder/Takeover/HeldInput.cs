using Microsoft.Win32.SafeHandles;

namespace Overseer.Recorder.Takeover;

/// <summary>The writing end of a run's input, found again.</summary>
/// <param name="Pipe">The end, not blocking; the receiver's to dispose of.</param>
/// <param name="Holder">Who held it.</param>
public sealed record HeldInput(SafeFileHandle Pipe, InputHolder Holder);
