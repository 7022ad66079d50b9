namespace Overseer.Server.Trust;

/// <summary>Scopes as configurations and messages write them.</summary>
internal static class ScopeWord
{
    /// <summary>The words that a token may have, the least first.</summary>
    public static IReadOnlyList<string> All { get; } = [Of(Scope.Read), Of(Scope.Operate), Of(Scope.Admin)];

    /// <summary>A scope as its word.</summary>
    public static string Of(Scope scope) => scope switch
    {
        Scope.None => "none",
        Scope.Read => "read",
        Scope.Operate => "operate",
        Scope.Admin => "admin",
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, null),
    };

    /// <summary>The scope that a word means; null for any other word.</summary>
    public static Scope? Parse(string word) => word switch
    {
        "read" => Scope.Read,
        "operate" => Scope.Operate,
        "admin" => Scope.Admin,
        _ => null,
    };
}
