namespace Overseer.Streams.SeqIndex;

/// <summary>Lines that had numbers have none at the moment, as the index of them was damaged: who tries again has them numbered anew.</summary>
internal sealed class LinesUnnumberedException() : IOException("its lines are being numbered anew, since the index of that was damaged: try again");
