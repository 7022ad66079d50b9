using Overseer.Core.Drivers;

namespace Overseer.Drivers.Docker.Engine;

/// <summary>What a container said at one time: mostly one line.</summary>
/// <param name="Output">Where.</param>
/// <param name="At">When, as its engine says; podman says it to the second in some versions.</param>
/// <param name="Data">What. Valid until the next one is read.</param>
internal readonly record struct LogPiece(HostedOutput Output, DateTimeOffset At, ReadOnlyMemory<byte> Data);
