using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Wire;

namespace Overseer.Input;

/// <summary>How the standard input of a run stands.</summary>
/// <param name="State">What is to be said of it.</param>
/// <param name="Pipe">The writing end while it is open; it may be disposed of at any time. Null as well when it could not be had for want of a descriptor.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RunInput(InputState State, SafeFileHandle? Pipe);
