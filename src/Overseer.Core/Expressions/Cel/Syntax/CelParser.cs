using System.Globalization;
using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Syntax;

/// <summary>Makes the tree of an expression from its tokens, by the grammar of CEL's language definition.</summary>
internal sealed class CelParser(CelSource source, List<CelToken> tokens, int maxDepth)
{
    private static readonly string[] Reserved =
    [
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop", "namespace", "null", "package", "return", "true", "var",
        "void", "while",
    ];

    private int _at;
    private int _depth;

    private CelToken Next => tokens[_at];

    /// <summary>The whole expression.</summary>
    /// <exception cref="CelException">It is wrong.</exception>
    public CelExpr Run()
    {
        if (Next.Kind == CelTokenKind.End) throw source.Error(0, "the expression is empty");
        var expression = Expression();
        return Next.Kind == CelTokenKind.End ? expression : throw Unexpected("an operator or the end");
    }

    private CelException Unexpected(string wanted) => source.Error(Next.Position, $"unexpected {Next.Shown}; {wanted} is expected here");

    private CelToken Take() => tokens[_at++];

    private bool TakeIf(string symbol)
    {
        if (!Next.IsSymbol(symbol)) return false;
        _at++;
        return true;
    }

    private void Close(string symbol, CelToken open)
    {
        if (TakeIf(symbol)) return;
        if (Next.Kind == CelTokenKind.End) throw source.Error(open.Position, $"\"{open.Text}\" is never closed by \"{symbol}\"");
        throw Unexpected($"\"{symbol}\"");
    }

    private T Bounded<T>(T expression)
        where T : CelExpr => expression.Depth <= maxDepth ? expression : throw source.Error(expression.Position, $"nested more than {maxDepth} deep");

    private CelExpr Expression()
    {
        if (++_depth > maxDepth) throw source.Error(Next.Position, $"nested more than {maxDepth} deep");
        var expression = Or();
        if (Next.IsSymbol("?"))
        {
            var question = Take();
            var then = Or();
            if (!TakeIf(":")) throw Unexpected("the \":\" of \"? :\"");
            expression = Bounded(new CelExpr.Conditional(question.Position, expression, then, Expression()));
        }

        _depth--;
        return expression;
    }

    private CelExpr Or() => Chain("||", and: false, And);

    private CelExpr And() => Chain("&&", and: true, Relation);

    private CelExpr Chain(string symbol, bool and, Func<CelExpr> operand)
    {
        var first = operand();
        if (!Next.IsSymbol(symbol)) return first;
        var position = Next.Position;
        var operands = new List<CelExpr> { first };
        while (TakeIf(symbol)) operands.Add(operand());
        return Bounded(new CelExpr.Logic(position, and, operands));
    }

    private CelExpr Relation()
    {
        var left = Addition();
        while (RelationOf(Next) is { } relation)
        {
            var position = Take().Position;
            left = Bounded(new CelExpr.Binary(position, relation, left, Addition()));
        }

        return left;
    }

    private static CelOperator? RelationOf(CelToken token) => token switch
    {
        { Kind: CelTokenKind.Word, Text: "in" } => CelOperator.In,
        { Kind: not CelTokenKind.Symbol } => null,
        { Text: "==" } => CelOperator.Equal,
        { Text: "!=" } => CelOperator.NotEqual,
        { Text: "<" } => CelOperator.Less,
        { Text: "<=" } => CelOperator.LessOrEqual,
        { Text: ">" } => CelOperator.Greater,
        { Text: ">=" } => CelOperator.GreaterOrEqual,
        _ => null,
    };

    private CelExpr Addition()
    {
        var left = Multiplication();
        while (Next.IsSymbol("+") || Next.IsSymbol("-"))
        {
            var sign = Take();
            left = Bounded(new CelExpr.Binary(sign.Position, sign.Text == "+" ? CelOperator.Add : CelOperator.Subtract, left, Multiplication()));
        }

        return left;
    }

    private CelExpr Multiplication()
    {
        var left = Unary();
        while (Next.IsSymbol("*") || Next.IsSymbol("/") || Next.IsSymbol("%"))
        {
            var sign = Take();
            var kind = sign.Text switch { "*" => CelOperator.Multiply, "/" => CelOperator.Divide, _ => CelOperator.Remainder };
            left = Bounded(new CelExpr.Binary(sign.Position, kind, left, Unary()));
        }

        return left;
    }

    private CelExpr Unary()
    {
        var first = _at;
        while (Next.IsSymbol("!") || Next.IsSymbol("-")) _at++;
        var last = _at;

        // The sign of a number belongs to it: -9223372036854775808 is an int, 9223372036854775808 is none.
        var signed = last > first && tokens[last - 1].IsSymbol("-") && Next.Kind is CelTokenKind.Int or CelTokenKind.Double;
        if (signed) last--;
        var operand = Member(signed);
        for (var i = last - 1; i >= first; i--)
        {
            operand = tokens[i].Text == "!" ? Bounded<CelExpr>(new CelExpr.Not(tokens[i].Position, operand)) : Bounded<CelExpr>(new CelExpr.Negate(tokens[i].Position, operand));
        }

        return operand;
    }

    private CelExpr Member(bool negative)
    {
        var member = Primary(negative);
        while (true)
        {
            if (Next.IsSymbol("{")) throw source.Error(Next.Position, "messages (Name{field: value}) are not part of the subset");
            if (TakeIf("."))
            {
                if (Next.Kind != CelTokenKind.Word) throw Unexpected("the name of a member");
                var name = Take();
                if (Next.IsSymbol("(")) member = Bounded(new CelExpr.Call(name.Position, member, name.Text, Arguments()));
                else if (name.Text is "in" or "true" or "false" or "null") throw source.Error(name.Position, $"\"{name.Text}\" is reserved; write [\"{name.Text}\"]");
                else member = Bounded(new CelExpr.Select(name.Position, member, name.Text));
            }
            else if (Next.IsSymbol("["))
            {
                var open = Take();
                var key = Expression();
                Close("]", open);
                member = Bounded(new CelExpr.Index(open.Position, member, key));
            }
            else
            {
                return member;
            }
        }
    }

    private List<CelExpr> Arguments()
    {
        var open = Take();
        return Items(open, ")", trailingComma: false);
    }

    private List<CelExpr> Items(CelToken open, string close, bool trailingComma)
    {
        var items = new List<CelExpr>();
        if (TakeIf(close)) return items;
        do
        {
            if (trailingComma && items.Count > 0 && Next.IsSymbol(close)) break;
            items.Add(Expression());
        }
        while (TakeIf(","));
        Close(close, open);
        return items;
    }

    private CelExpr Primary(bool negative)
    {
        var token = Next;
        switch (token.Kind)
        {
            case CelTokenKind.Int or CelTokenKind.Uint or CelTokenKind.Double:
                Take();
                return Number(token, negative);
            case CelTokenKind.Text:
                Take();
                return new CelExpr.Literal(token.Position, CelValue.Text(token.Octets));
            case CelTokenKind.Bytes:
                Take();
                return new CelExpr.Literal(token.Position, CelValue.Bytes(token.Octets));
            case CelTokenKind.Word:
                return Word(rooted: false);
        }

        if (token.IsSymbol("."))
        {
            Take();
            return Next.Kind == CelTokenKind.Word ? Word(rooted: true) : throw Unexpected("a name");
        }

        if (token.IsSymbol("("))
        {
            Take();
            var inner = Expression();
            Close(")", token);
            return inner;
        }

        if (token.IsSymbol("["))
        {
            Take();
            return Bounded(new CelExpr.List(token.Position, Items(token, "]", trailingComma: true)));
        }

        return token.IsSymbol("{") ? Map() : throw Unexpected("a value");
    }

    private CelExpr Word(bool rooted)
    {
        var word = Take();
        if (!rooted)
        {
            switch (word.Text)
            {
                case "true": return new CelExpr.Literal(word.Position, CelValue.True);
                case "false": return new CelExpr.Literal(word.Position, CelValue.False);
                case "null": return new CelExpr.Literal(word.Position, CelValue.Null);
            }
        }

        if (Reserved.Contains(word.Text, StringComparer.Ordinal)) throw source.Error(word.Position, $"\"{word.Text}\" is reserved and cannot be a name");
        if (!Next.IsSymbol("(")) return new CelExpr.Name(word.Position, word.Text, rooted);
        return Bounded(new CelExpr.Call(word.Position, null, word.Text, Arguments()));
    }

    private CelExpr.Map Map()
    {
        var open = Take();
        var entries = new List<(CelExpr, CelExpr)>();
        if (!TakeIf("}"))
        {
            do
            {
                if (entries.Count > 0 && Next.IsSymbol("}")) break;
                var key = Expression();
                if (!TakeIf(":")) throw Unexpected("the \":\" between a key and its value");
                entries.Add((key, Expression()));
            }
            while (TakeIf(","));
            Close("}", open);
        }

        return Bounded(new CelExpr.Map(open.Position, entries));
    }

    private CelExpr.Literal Number(CelToken token, bool negative)
    {
        if (token.Kind == CelTokenKind.Double)
        {
            var real = double.Parse(token.Text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture);
            if (double.IsInfinity(real)) throw source.Error(token.Position, "the number does not fit in a double");
            return new CelExpr.Literal(token.Position, CelValue.Double(negative ? -real : real));
        }

        var isHex = token.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var fits = ulong.TryParse(isHex ? token.Text.AsSpan(2) : token.Text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var magnitude);
        if (token.Kind == CelTokenKind.Uint)
        {
            return fits ? new CelExpr.Literal(token.Position, CelValue.Uint(magnitude)) : throw source.Error(token.Position, "the number does not fit in a uint");
        }

        if (!fits || magnitude > (negative ? 1UL << 63 : long.MaxValue)) throw source.Error(token.Position, "the number does not fit in an int");
        return new CelExpr.Literal(token.Position, CelValue.Int(negative ? unchecked(-(long)magnitude) : (long)magnitude));
    }
}
