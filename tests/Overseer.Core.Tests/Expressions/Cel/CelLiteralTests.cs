namespace Overseer.Core.Tests.Expressions.Cel;

/// <summary>Literals, by the lexis of CEL's language definition.</summary>
public sealed class CelLiteralTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("- 5", "-5")]
    [InlineData("0x7fffffffffffffff", "9223372036854775807")]
    [InlineData("-0x8000000000000000", "-9223372036854775808")]
    [InlineData("0xAbCd", "43981")]
    [InlineData("7u", "7u")]
    [InlineData("7U", "7u")]
    [InlineData("0xffU", "255u")]
    [InlineData("18446744073709551615u", "18446744073709551615u")]
    [InlineData("007", "7")]
    [InlineData("1.5", "1.5")]
    [InlineData(".5", "0.5")]
    [InlineData("7e0", "7.0")]
    [InlineData("-1.5e-3", "-0.0015")]
    [InlineData("1E+2", "100.0")]
    [InlineData("1.0e300", "1E+300")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("null", "null")]
    public void Numbers_and_words(string expression, string value) => Assert.Equal(value, CelRun.Value(expression));

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("'\"\"'", "\"\"")]
    [InlineData("'''x''x'''", "x''x")]
    [InlineData("\"\\\"\"", "\"")]
    [InlineData("\"\\\\\"", "\\")]
    [InlineData("r\"\\\\\"", "\\\\")]
    [InlineData("R'a\\nb'", "a\\nb")]
    [InlineData("'\\a\\b\\f\\n\\r\\t\\v\\?\\'\\`'", "\a\b\f\n\r\t\v?'`")]
    [InlineData("'\\x41\\X42'", "AB")]
    [InlineData("'\\u00e4\\U0001F600'", "ä😀")]
    [InlineData("'\\303\\277'", "Ã¿")]
    [InlineData("'\\377\\000'", "ÿ\0")]
    [InlineData("'größe 😀'", "größe 😀")]
    [InlineData("\"\"\"a\nb\"\"\"", "a\nb")]
    [InlineData("'''a\r\nb\rc'''", "a\nb\nc")]
    [InlineData("r'''a\\'''", "a\\")]
    [InlineData("\"\"\"\"a\"\"\"", "\"a")]
    [InlineData("'// no comment'", "// no comment")]
    public void Texts(string expression, string value) => Assert.Equal(CelPrinter.Quote(value), CelRun.Value(expression));

    [Theory]
    [InlineData("b'abc'", "b\"\\x61\\x62\\x63\"")]
    [InlineData("b'ÿ'", "b\"\\xc3\\xbf\"")]
    [InlineData("b'\\303\\277'", "b\"\\xc3\\xbf\"")]
    [InlineData("b'\\377'", "b\"\\xff\"")]
    [InlineData("B\"\"\"\\xff\n\"\"\"", "b\"\\xff\\x0a\"")]
    [InlineData("br'\\n'", "b\"\\x5c\\x6e\"")]
    [InlineData("Rb'\\n'", "b\"\\x5c\\x6e\"")]
    [InlineData("b''", "b\"\"")]
    public void Octets(string expression, string value) => Assert.Equal(value, CelRun.Value(expression));

    [Theory]
    [InlineData("[]", "[]")]
    [InlineData("[1, 'a', [true], ]", "[1, \"a\", [true]]")]
    [InlineData("{}", "{}")]
    [InlineData("{1: 'a', 2u: 'b', true: 'c', 'k': null, }", "{\"k\": null, 1: \"a\", 2u: \"b\", true: \"c\"}")]
    [InlineData("int", "int")]
    [InlineData("[bool, bytes, double, list, map, null_type, string, type, uint]", "[bool, bytes, double, list, map, null_type, string, type, uint]")]
    public void Lists_maps_and_types(string expression, string value) => Assert.Equal(value, CelRun.Value(expression));

    [Theory]
    [InlineData(" 1 // one\n + // plus\r\n\t2", "3")]
    [InlineData("1//", "1")]
    [InlineData("\f1", "1")]
    public void Blanks_and_comments_are_skipped(string expression, string value) => Assert.Equal(value, CelRun.Value(expression));
}
