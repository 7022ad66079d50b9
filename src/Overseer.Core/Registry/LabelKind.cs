namespace Overseer.Core.Registry;

/// <summary>The two kinds of labels that many tasks may share.</summary>
public enum LabelKind
{
    /// <summary>What a task is marked with.</summary>
    Tag,

    /// <summary>What a task belongs to.</summary>
    Group,
}
