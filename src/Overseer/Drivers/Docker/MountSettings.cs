using Overseer.Core.Expressions;

namespace Overseer.Drivers.Docker;

/// <summary>A mount, as configured.</summary>
/// <param name="Type"><c>bind</c>, <c>volume</c> or <c>tmpfs</c>.</param>
/// <param name="Source">A path of the machine, relative to the configuration file, or the name of a volume.</param>
/// <param name="Target">Absolute path in the container.</param>
/// <param name="ReadOnly">Whether it cannot be written.</param>
/// <param name="SizeBytes">Of a tmpfs: how large it may become.</param>
internal sealed record MountSettings(string Type, TextTemplate? Source, TextTemplate Target, bool ReadOnly, long? SizeBytes);
