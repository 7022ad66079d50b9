namespace Overseer.Core.Expressions.Cel.Checking;

/// <summary>The variables of macros that a part of an expression sees, innermost first.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Type">Its static type.</param>
/// <param name="Slot">Where its value is, by nesting from 0.</param>
/// <param name="Outer">The variables outside; null when there are none.</param>
internal sealed record CelScope(string Name, CelType Type, int Slot, CelScope? Outer)
{
    /// <summary>The innermost variable of a name, or null.</summary>
    public static CelScope? Find(CelScope? scope, string name)
    {
        for (; scope is not null; scope = scope.Outer)
        {
            if (scope.Name == name) return scope;
        }

        return null;
    }
}
