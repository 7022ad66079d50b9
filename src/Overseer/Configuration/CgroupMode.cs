namespace Overseer.Configuration;

/// <summary>Whether runs get control groups of their own.</summary>
public enum CgroupMode
{
    /// <summary>Where the machine lets us; without them a stop finds processes by their ties alone.</summary>
    Auto,

    /// <summary>Never.</summary>
    Off,
}
