using System.Text;
using Overseer.Core.Registry;

namespace Overseer.Core.Tasks;

/// <summary>The rules that a start's own words must keep, whatever is running. Each check says what is wrong, or <see langword="null"/>.</summary>
internal static class StartChecks
{
    /// <summary>Longest task id, tag or group, in bytes of UTF-8.</summary>
    public const int MaxIdBytes = 256;

    /// <summary>Longest name, in bytes of UTF-8.</summary>
    public const int MaxNameBytes = ProcessName.MaxBytes;

    /// <summary>The longest single argument of a program, in bytes: MAX_ARG_STRLEN of the kernel without the NUL at its end.</summary>
    public const int MaxArgumentBytes = 131_071;

    /// <summary>A task id: not empty, at most 256 bytes, no control characters.</summary>
    public static string? TaskId(string? id) => id is null ? null : Text("task_id", id);

    /// <summary>A name, of the form that names have everywhere (<see cref="ProcessName"/>).</summary>
    public static string? Name(string name)
    {
        if (name.Length == 0) return "name must not be empty";
        if (Encoding.UTF8.GetByteCount(name) > MaxNameBytes) return $"name: at most {MaxNameBytes} bytes are allowed";
        return ProcessName.Problem(name) is null ? null : $"name \"{Shown(name)}\": only letters, digits, \".\", \"-\" and \"_\" are allowed";
    }

    /// <summary>Tags or groups.</summary>
    public static string? Labels(string field, IReadOnlyList<string>? labels, int max)
    {
        if (labels is null) return null;
        if (labels.Count > max) return $"{field}: at most {max} are allowed";
        foreach (var label in labels)
        {
            if (label is null) return $"{field}: each must be a string";
            if (label.AsSpan().Trim().Length > 0 && Text(field, label.Trim()) is { } wrong) return wrong;
        }

        return null;
    }

    /// <summary>A command and its arguments: what execve(2) can take, and what the configuration allows.</summary>
    public static string? Command(string command, IReadOnlyList<string> args, EngineOptions options)
    {
        if (command.Length == 0) return "command must not be empty";
        if (args.Count > options.MaxArguments) return $"args: at most {options.MaxArguments} are allowed (limit max_arguments)";
        long bytes = 0;
        for (var i = -1; i < args.Count; i++)
        {
            var text = i < 0 ? command : args[i];
            var length = text is null ? 0 : Encoding.UTF8.GetByteCount(text);
            if (WrongArgument(text, length) is { } wrong) return (i < 0 ? "command" : $"args[{i}]") + wrong;
            bytes += length + 1;
        }

        return bytes > options.MaxArgumentBytes ? $"command and args take {bytes} bytes; {options.MaxArgumentBytes} are allowed (limit max_argument_bytes)" : null;
    }

    /// <summary>Joins the labels of an action and of a request: trimmed, blanks and doubles dropped, order kept.</summary>
    public static IReadOnlyList<string> Join(IReadOnlyList<string> first, IReadOnlyList<string>? second)
    {
        if (first.Count == 0 && second is not { Count: > 0 }) return [];
        return [.. first.Concat(second ?? []).Select(l => l.Trim()).Where(l => l.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    private static string? WrongArgument(string? text, int bytes)
    {
        if (text is null) return " must be a string";
        if (bytes > MaxArgumentBytes) return $" has {bytes} bytes; one argument has at most {MaxArgumentBytes} (a limit of the kernel)";
        return text.Contains('\0', StringComparison.Ordinal) ? ": a NUL character cannot be passed to a program" : null;
    }

    private static string? Text(string field, string text)
    {
        if (text.Length == 0) return $"{field} must not be empty";
        if (text.Length > MaxIdBytes || Encoding.UTF8.GetByteCount(text) > MaxIdBytes) return $"{field}: at most {MaxIdBytes} bytes are allowed";
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) || text[i] is '\u2028' or '\u2029') return $"{field}: control characters are not allowed (position {i + 1})";
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return $"{field}: half of a surrogate pair (position {i + 1})";
            i++;
        }

        return null;
    }

    private static string Shown(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
