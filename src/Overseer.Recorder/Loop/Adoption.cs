using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>A run that another recorder has started, with the descriptors that came for it; -1 for what did not come.</summary>
internal sealed class Adoption : IDisposable
{
    /// <summary>The descriptors are its own from now on.</summary>
    /// <exception cref="InvalidDataException">There are other descriptors than it says.</exception>
    internal Adoption(in HandoverMessage message, ReadOnlySpan<int> descriptors)
    {
        Message = message;
        Exit = HandoverCodec.ExitOf(in message);
        Input = message.Input;
        int next = 0;
        foreach (var rope in (ReadOnlySpan<RopeFlags>)[RopeFlags.PidFd, RopeFlags.Stdout, RopeFlags.Stderr, RopeFlags.Stdin])
        {
            if (!message.Ropes.HasFlag(rope))
                continue;
            int descriptor = next < descriptors.Length ? descriptors[next++] : throw Mismatch(descriptors);
            if (rope == RopeFlags.PidFd)
                PidFd = descriptor;
            else if (rope == RopeFlags.Stdout)
                Stdout = descriptor;
            else if (rope == RopeFlags.Stderr)
                Stderr = descriptor;
            else
                Stdin = descriptor;
        }
        if (next != descriptors.Length)
            throw Mismatch(descriptors);
    }

    internal HandoverMessage Message { get; }

    internal int PidFd { get; set; } = -1;

    internal int Stdout { get; set; } = -1;

    internal int Stderr { get; set; } = -1;

    internal int Stdin { get; set; } = -1;

    /// <summary>How the process ended, if the server knows.</summary>
    internal ExitStatus? Exit { get; set; }

    /// <summary>What is to be said of standard input.</summary>
    internal InputState Input { get; private set; }

    /// <summary>The log has been told that it has to wait.</summary>
    internal bool SaidWaits { get; set; }

    internal bool Is(HandoverFlags flag) => Message.Flags.HasFlag(flag);

    /// <summary>The input has been ended meanwhile.</summary>
    internal void CloseInput()
    {
        Input = InputState.Closed;
        Close(Stdin);
        Stdin = -1;
    }

    public void Dispose()
    {
        Close(PidFd);
        Close(Stdout);
        Close(Stderr);
        Close(Stdin);
        PidFd = Stdout = Stderr = Stdin = -1;
    }

    private static void Close(int descriptor)
    {
        if (descriptor >= 0)
            _ = Libc.Close(descriptor);
    }

    private static InvalidDataException Mismatch(ReadOnlySpan<int> descriptors)
    {
        foreach (int descriptor in descriptors)
            Close(descriptor);
        return new InvalidDataException("a run to adopt did not come with the descriptors it names");
    }
}
