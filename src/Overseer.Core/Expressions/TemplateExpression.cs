namespace Overseer.Core.Expressions;

/// <summary>A part of a template that yields a value. A closed hierarchy.</summary>
internal abstract record TemplateExpression
{
    private TemplateExpression()
    {
    }

    /// <summary>The value for these parameters.</summary>
    public abstract TemplateValue Evaluate(IReadOnlyDictionary<string, string> parameters);

    /// <summary>A text as it stands.</summary>
    public sealed record Literal(string Text) : TemplateExpression
    {
        /// <inheritdoc/>
        public override TemplateValue Evaluate(IReadOnlyDictionary<string, string> parameters) => new(Text);
    }

    /// <summary>The parameter with a name that may itself be computed; empty when there is none.</summary>
    public sealed record Parameter(TemplateExpression Name) : TemplateExpression
    {
        /// <inheritdoc/>
        public override TemplateValue Evaluate(IReadOnlyDictionary<string, string> parameters) =>
            new(parameters.GetValueOrDefault(Name.Evaluate(parameters).ToString(), ""));
    }

    /// <summary>A function applied to its arguments.</summary>
    public sealed record Call(TemplateFunction Function, IReadOnlyList<TemplateExpression> Arguments) : TemplateExpression
    {
        /// <inheritdoc/>
        public override TemplateValue Evaluate(IReadOnlyDictionary<string, string> parameters)
        {
            var values = new TemplateValue[Arguments.Count];
            for (var i = 0; i < values.Length; i++) values[i] = Arguments[i].Evaluate(parameters);
            return Function.Apply(values);
        }
    }
}
