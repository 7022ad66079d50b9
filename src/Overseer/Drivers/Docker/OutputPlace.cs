// A container's log is read again from a time on whenever the engine, or this server, was away. What the journal has of it already is found by the time of the last piece and by how many pieces in a row
// have that time: pieces are what the engine keeps, cut once and for ever, and there may be thousands of them in one second.
//
// Were the engine's clock set back while the container runs, pieces of before would be taken for new ones after the next interruption, and come twice. Losing some would be the only other choice.

using Overseer.Core.Drivers;
using Overseer.Drivers.Docker.Engine;

namespace Overseer.Drivers.Docker;

/// <summary>How far a container's output is recorded. Not thread-safe.</summary>
/// <param name="last">As the journal has it.</param>
internal sealed class OutputPlace(HostedPlace last)
{
    // Engines cut what they are asked for to seconds, or leave out what is of the very time.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private DateTimeOffset _at = last.At;
    private int _pieces = last.Pieces;
    private int _met;

    /// <summary>From when on to ask for output; null for all.</summary>
    public DateTimeOffset? Since => _at == DateTimeOffset.MinValue ? null : _at - Margin;

    /// <summary>The reading begins again.</summary>
    public void Rewind() => _met = 0;

    /// <summary>Whether the journal has a piece already.</summary>
    public bool Has(in LogPiece piece)
    {
        if (piece.At != _at) return piece.At < _at;
        if (_met == _pieces) return false;
        _met++;
        return true;
    }

    /// <summary>A piece is recorded.</summary>
    public void Add(in LogPiece piece)
    {
        _pieces = piece.At == _at ? _pieces + 1 : 1;
        _at = piece.At;
        _met = _pieces;
    }
}
