namespace Overseer.Configuration;

/// <summary>A token or the like: nothing prints it by accident.</summary>
public sealed class SecretText
{
    private readonly string _value;

    /// <summary>Wraps a secret.</summary>
    public SecretText(string value) => _value = value;

    /// <summary>The secret itself, for comparing it in constant time and for nothing else.</summary>
    public string Reveal() => _value;

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";
}
