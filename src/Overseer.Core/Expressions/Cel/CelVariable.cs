using Overseer.Core.Expressions.Cel.Checking;
using Overseer.Core.Expressions.Cel.Evaluation;

namespace Overseer.Core.Expressions.Cel;

/// <summary>A value that an expression is given.</summary>
/// <param name="Name">Its name, in one part or two: <c>value</c>, <c>output.data</c>.</param>
/// <param name="Type">Its static type.</param>
/// <param name="Node">Where it comes from.</param>
internal sealed record CelVariable(string Name, CelType Type, CelNode Node);
