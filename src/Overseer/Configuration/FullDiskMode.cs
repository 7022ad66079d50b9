namespace Overseer.Configuration;

/// <summary>What happens to output when the disk is full.</summary>
public enum FullDiskMode
{
    /// <summary>Tasks run on; what is lost is recorded as a gap with its size.</summary>
    Drop,

    /// <summary>Tasks block until there is room.</summary>
    Block,
}
