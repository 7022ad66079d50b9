namespace Overseer.Cli.Reporting.Sending;

/// <summary>The opcodes of RFC 6455, 5.2.</summary>
internal enum FrameKind
{
    /// <summary>The next part of a message.</summary>
    Continuation = 0,

    /// <summary>A message of text.</summary>
    Text = 1,

    /// <summary>A message of bytes.</summary>
    Binary = 2,

    /// <summary>The end.</summary>
    Close = 8,

    /// <summary>A question whether anybody is there.</summary>
    Ping = 9,

    /// <summary>The answer to it.</summary>
    Pong = 10,
}
