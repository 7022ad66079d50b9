namespace Overseer.Hosting;

/// <summary>The server cannot be started. Nothing is left running. The message is one line that says what to do.</summary>
public sealed class StartupException : Exception
{
    /// <summary>Makes an exception that ends with <see cref="ExitCodes.CannotStart"/>.</summary>
    public StartupException()
    {
    }

    /// <summary>Makes an exception that ends with <see cref="ExitCodes.CannotStart"/>.</summary>
    public StartupException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception that ends with <see cref="ExitCodes.CannotStart"/>.</summary>
    public StartupException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that ends with <paramref name="exitCode"/>.</summary>
    public StartupException(int exitCode, string message)
        : base(message) => ExitCode = exitCode;

    /// <summary>How the program is to end.</summary>
    public int ExitCode { get; } = ExitCodes.CannotStart;
}
