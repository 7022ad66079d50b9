using System.Collections.Frozen;

namespace Overseer.Core.Tasks;

/// <summary>Names and numbers of Linux's signals (signal(7), the numbers shared by x86, arm64 and riscv).</summary>
public static class PosixSignalName
{
    /// <summary>Number of SIGKILL.</summary>
    public const int Sigkill = 9;

    /// <summary>Number of SIGTERM.</summary>
    public const int Sigterm = 15;

    private const int Sigrtmin = 34;
    private const int Sigrtmax = 64;

    private static readonly string[] Names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2",
        "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU",
        "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    private static readonly FrozenDictionary<string, int> Numbers = Enumerable.Range(1, Names.Length - 1)
        .Append(-1)
        .ToFrozenDictionary(n => n < 0 ? "SIGPOLL" : Names[n], n => n < 0 ? 29 : n, StringComparer.OrdinalIgnoreCase);

    /// <summary>The name of a signal, such as <c>SIGKILL</c>; <c>SIGRTMIN+n</c> for real-time signals, <c>signal n</c> for numbers that have no name.</summary>
    public static string Of(int signal) => signal switch
    {
        > 0 when signal < Names.Length => Names[signal],
        Sigrtmin => "SIGRTMIN",
        > Sigrtmin and <= Sigrtmax => $"SIGRTMIN+{signal - Sigrtmin}",
        _ => $"signal {signal}",
    };

    /// <summary>Reads a name with or without <c>SIG</c>, in any case, or a number from 1 to 64.</summary>
    /// <returns>False when <paramref name="text"/> is neither.</returns>
    public static bool TryParse(string? text, out int signal)
    {
        signal = 0;
        if (string.IsNullOrEmpty(text)) return false;
        if (char.IsAsciiDigit(text[0])) return int.TryParse(text, System.Globalization.NumberStyles.None, null, out signal) && signal is >= 1 and <= Sigrtmax;
        return Numbers.TryGetValue(text, out signal) || Numbers.TryGetValue("SIG" + text, out signal);
    }
}
