namespace Overseer.Core.Drivers;

/// <summary>An action that can be started.</summary>
/// <param name="Definition">What the configuration says.</param>
/// <param name="Action">What its driver made of it.</param>
public sealed record ActionEntry(ActionDefinition Definition, IAction Action);
