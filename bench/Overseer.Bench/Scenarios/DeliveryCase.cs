namespace Overseer.Bench;

/// <summary>Targets: messages a second to all together, CPU seconds of server and recorder, CPU microseconds a message.</summary>
internal sealed record DeliveryCase(int Subscribers, long Lines, double? RateTarget, double? CpuTarget, double? CpuPerMessageTarget);
