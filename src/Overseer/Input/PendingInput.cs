using Overseer.Protocols.V2;

namespace Overseer.Input;

/// <summary>One input that has not been written yet, or not all of it.</summary>
/// <param name="request">The request.</param>
/// <param name="answer">Takes the answer; called once, on any thread.</param>
internal sealed class PendingInput(InputMessage request, Action<ServerMessage> answer)
{
    /// <summary>What an input counts at least, so that many small ones are bounded too.</summary>
    public const int LeastBytes = 256;

    /// <summary>Bytes that have been written.</summary>
    public int Written { get; set; }

    /// <summary>What is left.</summary>
    public ReadOnlyMemory<byte> Rest => request.Data[Written..];

    /// <summary>Whether the input is at its end after it.</summary>
    public bool Eof => request.Eof;

    /// <summary>What it counts against the limit while it waits.</summary>
    public int Cost => CostOf(request);

    /// <summary>What an input counts against the limit.</summary>
    public static int CostOf(InputMessage request) => Math.Max(request.Data.Length, LeastBytes);

    /// <summary>All of it is in the pipe.</summary>
    public void Accept() => answer(new AcceptedMessage { TaskId = request.TaskId, Id = request.Id });

    /// <summary>It will not be written, or not all of it.</summary>
    public void Refuse(string reason) =>
        answer(new ErrorMessage { Id = request.Id, Message = Written == 0 ? reason : $"{reason}; {Written} of {request.Data.Length} bytes were written before" });
}
