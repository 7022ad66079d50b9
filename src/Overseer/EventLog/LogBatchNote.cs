namespace Overseer.EventLog;

/// <summary>A batch as it is noted before it is written, see <see cref="LogIntent"/>.</summary>
/// <param name="Batch">Its number.</param>
/// <param name="Inode">The file.</param>
/// <param name="Offset">How long that file was before.</param>
/// <param name="Places">Where the tasks of the batch are after it.</param>
/// <param name="Lines">What is written.</param>
internal sealed record LogBatchNote(long Batch, long Inode, long Offset, IReadOnlyList<LogPlace> Places, ReadOnlyMemory<byte> Lines);
