namespace Overseer.Streams;

/// <summary>Who is told that a cursor has something to take: a connection's pump. Called under the stream's lock, so it only makes a note.</summary>
internal interface IStreamListener
{
    /// <summary>There may be something to take at <paramref name="cursor"/>.</summary>
    void Ready(StreamCursor cursor);
}
