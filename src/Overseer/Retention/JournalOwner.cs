namespace Overseer.Retention;

/// <summary>A task as far as its journal's keeping is concerned.</summary>
/// <param name="JournalId">Its journal.</param>
/// <param name="EndedAt">When it ended; unset while it runs, or may write for another reason.</param>
internal readonly record struct JournalOwner(Guid JournalId, DateTimeOffset? EndedAt);
