namespace Overseer.Diagnosis;

/// <summary>How something stands.</summary>
public enum FindingState
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>A server works with it, but somebody should know.</summary>
    Warning,

    /// <summary>A server cannot work with it.</summary>
    Failed,
}
