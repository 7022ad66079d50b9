using Overseer.Protocols.V2;

namespace Overseer.Streams;

/// <summary>The frame of an automatic start in a <see cref="FrameBlock"/>.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Message">What it says.</param>
internal sealed record StartFrame(int Offset, int Length, ServerMessage Message);
