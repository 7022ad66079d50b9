using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>What has to be given back when a start fails. Kept from the launch until it is reported.</summary>
/// <param name="IsNew">The task did not exist before: it vanishes.</param>
/// <param name="Labels">The labels it had.</param>
/// <param name="Bytes">The bytes it occupied.</param>
/// <param name="Record">What was stored of it.</param>
internal sealed record PendingStart(bool IsNew, Labels Labels, long Bytes, TaskRecord? Record);
