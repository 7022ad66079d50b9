using System.Text;

namespace Overseer.Server.Tests.Fuzz;

/// <summary>JSON values that programs stumble over: at the edges of numbers, too deep, too long, of another type.</summary>
internal static class NastyValues
{
    private static readonly string[] Plain =
    [
        "null", "true", "false", "{}", "[]", "[null]", "[[]]", "{\"\":null}", "\"\"", "\" \"", "\"0\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude42\"",
        "\"\\u202e\"", "\"../../../etc/passwd\"", "\"nightly\"", "\"build\"", "\"crawl\"", "\"shell\"", "\"cat\"", "\"ci\"",
        "0", "-0", "-1", "1", "1.5", "1e0", "1e1", "1E400", "-1e400", "1e-400", "2147483647", "2147483648", "-2147483649", "4294967296", "9223372036854775807", "9223372036854775808",
        "-9223372036854775809", "18446744073709551616", "99999999999999999999999999999999999999", "0.1", "01", "+1", ".5", "0x10", "NaN", "Infinity",
        "\"0\"", "\"-1s\"", "\"0s\"", "\"1ns\"", "\"106751d\"", "\"9223372036854775807ns\"", "\"9223372036854775808ns\"", "\"2562047h47m16.854775807s\"", "\"1h1h1h\"", "\"1e9s\"",
        "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.999999999Z\"", "\"2026-02-30T00:00:00Z\"", "\"2026-01-31T12:00:00+99:99\"", "\"any\"", "\"failure\"", "\"stop\"",
        "\"requeue\"", "\"first\"", "\"active\"", "\"queued\"", "{\"restart_delay\":\"1h\"}", "{\"error_threshold\":1}", "{\"backoff_factor\":1e308,\"restart_delay\":\"1s\"}",
        "{\"action\":\"requeue\",\"grace\":0}", "[\"a\",\"a\",\"b\"]", "{\"a\":\"1\",\"a\":\"2\"}", "{\"a\":{\"a\":{\"a\":{\"a\":1}}}}",
    ];

    /// <summary>One of them.</summary>
    public static byte[] Next(Random random) => random.Next(12) switch
    {
        0 => Repeated("[", random.Next(1, 40), "]"),
        1 => Repeated("{\"a\":", random.Next(1, 40), "}", "1"),
        2 => Repeated("[", random.Next(40, 3000), "]"),
        3 => Encoding.UTF8.GetBytes('"' + new string((char)random.Next('a', 'z'), random.Next(1, 9000)) + '"'),
        4 => Encoding.UTF8.GetBytes(new string('9', random.Next(1, 400))),
        _ => Encoding.UTF8.GetBytes(Plain[random.Next(Plain.Length)]),
    };

    private static byte[] Repeated(string open, int times, string close, string middle = "") =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(open, times)) + middle + string.Concat(Enumerable.Repeat(close, times)));
}
