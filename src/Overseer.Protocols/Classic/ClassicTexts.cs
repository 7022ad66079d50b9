namespace Overseer.Protocols.Classic;

/// <summary>
/// The texts of errors that older clients match, for those of v2 that say the same (PROTOCOLS.md, "v1 and v0"). What those programs did not know stays as it is.
/// </summary>
internal static class ClassicTexts
{
    public static string InV1(string text) => text switch
    {
        "task already running or starting" => "task already has a running worker",
        "message must be a JSON object" => "invalid JSON",
        "type is required" => "unknown message type",
        _ when text.StartsWith("invalid JSON", StringComparison.Ordinal) => "invalid JSON",
        _ when text.StartsWith("unknown message type: ", StringComparison.Ordinal) => "unknown message type",
        _ => text,
    };

    public static string InV0(string text) => text switch
    {
        "task not found" => "worker not found",
        "task is not running" => "worker already exited",
        _ => InV1(text),
    };
}
