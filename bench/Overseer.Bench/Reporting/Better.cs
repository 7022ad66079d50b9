namespace Overseer.Bench;

/// <summary>Which way a figure should go.</summary>
internal enum Better
{
    Higher,
    Lower,
}
