namespace Overseer.Core.Expressions;

/// <summary>Makes the tree of a template from its tokens.</summary>
internal sealed class TemplateParser(List<TemplateToken> tokens)
{
    /// <summary>Deepest nesting of <c>if</c> and of brackets, so that no template can exhaust the stack.</summary>
    private const int MaxDepth = 64;

    private const int MaxPipes = 16;
    private const string Allowed = "allowed are .name, index, if, else, end, eq, ne, and, or, not, print, default";
    private int _at;
    private int _depth;

    private TemplateToken Next => tokens[_at];

    /// <summary>The whole template.</summary>
    /// <exception cref="TemplateException">It is wrong.</exception>
    public IReadOnlyList<TemplateNode> Run()
    {
        var nodes = Nodes();
        if (Next.Kind != TemplateTokenKind.End) throw new TemplateException(tokens[_at + 1].Position, $"\"{tokens[_at + 1].Value}\" without an \"if\"");
        return nodes;
    }

    /// <summary>Everything up to the end, or up to an action that begins with <c>else</c> or <c>end</c>.</summary>
    private List<TemplateNode> Nodes()
    {
        var nodes = new List<TemplateNode>();
        while (true)
        {
            switch (Next.Kind)
            {
                case TemplateTokenKind.End: return nodes;
                case TemplateTokenKind.Text: nodes.Add(new TemplateNode.Plain(Take().Value)); break;
                default:
                    if (tokens[_at + 1] is { Kind: TemplateTokenKind.Word, Value: "else" or "end" }) return nodes;
                    nodes.Add(Action());
                    break;
            }
        }
    }

    private TemplateNode Action()
    {
        var open = Take();
        if (Next is { Kind: TemplateTokenKind.Word, Value: "if" })
        {
            Take();
            return If(open.Position);
        }

        if (Next.Kind == TemplateTokenKind.Close) throw new TemplateException(open.Position, $"nothing between \"[[\" and \"]]\"; {Allowed}");
        var value = new TemplateNode.Value(Pipeline());
        Close();
        return value;
    }

    /// <summary>What follows the word <c>if</c>, up to and with its <c>end</c>; an <c>else if</c> is an <c>if</c> that shares it.</summary>
    private TemplateNode.If If(int start)
    {
        if (++_depth > MaxDepth) throw new TemplateException(start, $"nested more than {MaxDepth} deep");
        var condition = Pipeline();
        Close();
        var then = Nodes();
        IReadOnlyList<TemplateNode> otherwise = [];
        if (Next.Kind == TemplateTokenKind.End) throw new TemplateException(start, "this \"if\" has no [[end]]");
        var open = Take();
        if (Take().Value == "else")
        {
            if (Next is { Kind: TemplateTokenKind.Word, Value: "if" })
            {
                Take();
                otherwise = [If(open.Position)];
                _depth--;
                return new TemplateNode.If(condition, then, otherwise);
            }

            Close();
            otherwise = Nodes();
            if (Next.Kind == TemplateTokenKind.End) throw new TemplateException(start, "this \"if\" has no [[end]]");
            Take();
            if (Take() is { Value: "else" } again) throw new TemplateException(again.Position, "a second \"else\"");
        }

        Close();
        _depth--;
        return new TemplateNode.If(condition, then, otherwise);
    }

    /// <summary>An expression, whose value may be piped on as the last argument of a function.</summary>
    private TemplateExpression Pipeline()
    {
        var value = Command(null);
        for (var pipes = 1; Next.Kind == TemplateTokenKind.Pipe; pipes++)
        {
            var pipe = Take();
            if (pipes > MaxPipes) throw new TemplateException(pipe.Position, $"more than {MaxPipes} \"|\" in a row");
            if (Next.Kind != TemplateTokenKind.Word) throw new TemplateException(Next.Position, "a function must follow \"|\"");
            value = Command(value);
        }

        return value;
    }

    private TemplateExpression Command(TemplateExpression? piped)
    {
        if (Next.Kind != TemplateTokenKind.Word)
        {
            var operand = Operand();
            if (StartsOperand(Next.Kind)) throw new TemplateException(Next.Position, "only a function takes arguments");
            return operand;
        }

        var word = Take();
        if (word.Value == "index") return Index(word, piped);
        if (!TemplateFunction.Known.TryGetValue(word.Value, out var function)) throw new TemplateException(word.Position, $"\"{word.Value}\" is not known; {Allowed}");
        var arguments = Arguments(piped);
        if (arguments.Count < function.Min || arguments.Count > function.Max)
        {
            var wanted = function.Min == function.Max ? $"{function.Min}" : $"at least {function.Min}";
            throw new TemplateException(word.Position, $"{function.Name} takes {wanted} argument{(function.Min == 1 ? "" : "s")}, not {arguments.Count}");
        }

        return new TemplateExpression.Call(function, arguments);
    }

    private TemplateExpression.Parameter Index(TemplateToken word, TemplateExpression? piped)
    {
        if (Next.Kind != TemplateTokenKind.Dot) throw new TemplateException(word.Position, "index is written [[index . \"name\"]]");
        Take();
        var arguments = Arguments(piped);
        if (arguments.Count != 1) throw new TemplateException(word.Position, "index is written [[index . \"name\"]]");
        return new TemplateExpression.Parameter(arguments[0]);
    }

    private List<TemplateExpression> Arguments(TemplateExpression? piped)
    {
        var arguments = new List<TemplateExpression>();
        while (StartsOperand(Next.Kind)) arguments.Add(Operand());
        if (piped is not null) arguments.Add(piped);
        return arguments;
    }

    private TemplateExpression Operand()
    {
        var token = Take();
        switch (token.Kind)
        {
            case TemplateTokenKind.Field: return new TemplateExpression.Parameter(new TemplateExpression.Literal(token.Value));
            case TemplateTokenKind.Literal: return new TemplateExpression.Literal(token.Value);
            case TemplateTokenKind.LeftParen:
                if (++_depth > MaxDepth) throw new TemplateException(token.Position, $"nested more than {MaxDepth} deep");
                var inner = Pipeline();
                if (Next.Kind != TemplateTokenKind.RightParen) throw new TemplateException(token.Position, "\"(\" is never closed by \")\"");
                Take();
                _depth--;
                return inner;
            case TemplateTokenKind.Dot: throw new TemplateException(token.Position, "\".\" alone is only known in [[index . \"name\"]]");
            case TemplateTokenKind.Word: throw new TemplateException(token.Position, $"\"{token.Value}\" must be in brackets, or in double quotes if it is a text");
            default: throw new TemplateException(token.Position, $"a value is missing here; {Allowed}");
        }
    }

    private static bool StartsOperand(TemplateTokenKind kind) =>
        kind is TemplateTokenKind.Field or TemplateTokenKind.Literal or TemplateTokenKind.LeftParen or TemplateTokenKind.Dot or TemplateTokenKind.Word;

    private void Close()
    {
        if (Next.Kind != TemplateTokenKind.Close) throw new TemplateException(Next.Position, "\"]]\" is expected here");
        Take();
    }

    private TemplateToken Take() => tokens[_at++];
}
