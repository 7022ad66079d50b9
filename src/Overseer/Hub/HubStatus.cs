namespace Overseer.Hub;

/// <summary>The words with which containers say how they are. Others are passed on and mean nothing to the hub.</summary>
internal static class HubStatus
{
    private const string Completed = "completed";

    /// <summary>Whether a container that says this is done.</summary>
    public static bool IsFinal(string? status) => IsSuccess(status) || Is(status, "error") || Is(status, "failed");

    /// <summary>Whether it says that all went well.</summary>
    public static bool IsSuccess(string? status) => Is(status, Completed);

    private static bool Is(string? status, string word) => string.Equals(status, word, StringComparison.OrdinalIgnoreCase);
}
