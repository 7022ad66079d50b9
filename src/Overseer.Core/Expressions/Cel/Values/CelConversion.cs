using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Overseer.Core.Expressions.Cel.Evaluation;

namespace Overseer.Core.Expressions.Cel.Values;

/// <summary>The functions that are named after types.</summary>
internal static class CelConversion
{
    private const NumberStyles WholeStyle = NumberStyles.AllowLeadingSign;
    private const NumberStyles RealStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private const double TwoTo63 = 9223372036854775808.0;
    private const double TwoTo64 = 18446744073709551616.0;

    /// <summary>Names of the functions, but for <c>dyn</c>, which changes nothing.</summary>
    public static IReadOnlyList<string> Names { get; } = ["int", "uint", "double", "string", "bool", "bytes", "type"];

    /// <summary>Whether the function takes this kind.</summary>
    public static bool Takes(string function, CelKind kind) => function switch
    {
        "type" => true,
        "int" or "uint" or "double" => kind is CelKind.Int or CelKind.Uint or CelKind.Double or CelKind.Text,
        "string" => kind is CelKind.Int or CelKind.Uint or CelKind.Double or CelKind.Text or CelKind.Bool or CelKind.Bytes,
        "bool" => kind is CelKind.Bool or CelKind.Text,
        "bytes" => kind is CelKind.Bytes or CelKind.Text,
        _ => false,
    };

    /// <summary>The converted value, or an error.</summary>
    public static CelValue Convert(string function, in CelValue value, CelFrame frame)
    {
        if (!Takes(function, value.Kind)) return CelValue.Error(CelError.NoOverload($"{function}()", value.Kind));
        if (value.Kind is CelKind.Text or CelKind.Bytes && !frame.SpendBytes(value.Octets.Length)) return frame.Spent;
        return function switch
        {
            "int" => ToInt(value),
            "uint" => ToUint(value),
            "double" => ToDouble(value),
            "string" => ToText(value),
            "bool" => ToBool(value),
            "bytes" => value.Kind == CelKind.Bytes ? value : CelValue.Bytes(value.Octets),
            _ => CelValue.Type(CelTypeNames.Of(value.Kind)),
        };
    }

    private static CelValue ToInt(in CelValue value) => value.Kind switch
    {
        CelKind.Int => value,
        CelKind.Uint => value.AsUint > long.MaxValue ? Range("int") : CelValue.Int(value.AsInt),

        // As CEL has it, -2^63 itself does not convert: it may be the rounding of something smaller.
        CelKind.Double => value.AsDouble is > -TwoTo63 and < TwoTo63 ? CelValue.Int((long)value.AsDouble) : Range("int"),
        _ => long.TryParse(value.Octets.Span, WholeStyle, CultureInfo.InvariantCulture, out var whole) ? CelValue.Int(whole) : NoNumber("int", value),
    };

    private static CelValue ToUint(in CelValue value) => value.Kind switch
    {
        CelKind.Uint => value,
        CelKind.Int => value.AsInt < 0 ? Range("uint") : CelValue.Uint(value.AsUint),
        CelKind.Double => value.AsDouble is >= 0 and < TwoTo64 ? CelValue.Uint((ulong)value.AsDouble) : Range("uint"),
        _ => ulong.TryParse(value.Octets.Span, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? CelValue.Uint(whole) : NoNumber("uint", value),
    };

    private static CelValue ToDouble(in CelValue value) => value.Kind switch
    {
        CelKind.Double => value,
        CelKind.Int => CelValue.Double(value.AsInt),
        CelKind.Uint => CelValue.Double(value.AsUint),
        _ => double.TryParse(value.Octets.Span, RealStyle, CultureInfo.InvariantCulture, out var real) ? CelValue.Double(real) : NoNumber("double", value),
    };

    private static CelValue ToText(in CelValue value) => value.Kind switch
    {
        CelKind.Text => value,
        CelKind.Bool => CelValue.Text(value.AsBool ? "true"u8.ToArray() : "false"u8.ToArray()),
        CelKind.Int => CelValue.Text(value.AsInt.ToString(CultureInfo.InvariantCulture)),
        CelKind.Uint => CelValue.Text(value.AsUint.ToString(CultureInfo.InvariantCulture)),
        CelKind.Double => CelValue.Text(GoDouble.Format(value.AsDouble)),
        _ => Utf8.IsValid(value.Octets.Span) ? CelValue.Text(value.Octets) : CelValue.Error(new CelError("string() of bytes that are not UTF-8")),
    };

    private static CelValue ToBool(in CelValue value)
    {
        if (value.Kind == CelKind.Bool) return value;
        return value.Octets.Length > 5 ? NoBool(value) : Encoding.UTF8.GetString(value.Octets.Span) switch
        {
            "true" or "True" or "TRUE" or "t" or "T" or "1" => CelValue.True,
            "false" or "False" or "FALSE" or "f" or "F" or "0" => CelValue.False,
            _ => NoBool(value),
        };
    }

    private static CelValue Range(string function) => CelValue.Error(new CelError($"{function}() of a number that does not fit"));

    private static CelValue NoNumber(string function, in CelValue value) => CelValue.Error(new CelError($"{function}() of {Quote(value)}, which is no such number"));

    private static CelValue NoBool(in CelValue value) => CelValue.Error(new CelError($"bool() of {Quote(value)}; true and false are known"));

    private static string Quote(in CelValue value) => value.Octets.Length > 64 ? "a long text" : $"\"{value}\"";
}
