namespace Overseer.Core.Tasks;

/// <summary>Identifies one life of a task, from a start to its exit. Never used twice, and unique beyond one server.</summary>
/// <param name="Value">The id as the recorder knows it.</param>
public readonly record struct RunId(Guid Value)
{
    /// <summary>The id as 32 hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("N");
}
