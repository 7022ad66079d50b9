namespace Overseer.Supervision;

/// <summary>How it stands with the recorder. A closed hierarchy.</summary>
internal abstract record RecorderStatus
{
    private RecorderStatus()
    {
    }

    /// <summary>What is wrong, for people; null when nothing is.</summary>
    public virtual string? Problem => null;

    /// <summary>It answers.</summary>
    public sealed record Connected : RecorderStatus;

    /// <summary>
    /// It does not answer, and lives: its disk is stuck, or it was killed and cannot die yet. Nothing is recorded meanwhile, and no other may be started in its place.
    /// </summary>
    public sealed record Stalled(string Reason) : RecorderStatus
    {
        /// <inheritdoc/>
        public override string? Problem => $"recording is stalled: {Reason}";
    }

    /// <summary>It is gone, and the next one is on its way.</summary>
    public sealed record Replacing(string Reason) : RecorderStatus
    {
        /// <inheritdoc/>
        public override string? Problem => $"the recorder is being replaced: {Reason}";
    }

    /// <summary>It is gone and cannot be replaced.</summary>
    public sealed record Gone(string Reason) : RecorderStatus
    {
        /// <inheritdoc/>
        public override string? Problem => $"the recorder is gone: {Reason}";
    }
}
