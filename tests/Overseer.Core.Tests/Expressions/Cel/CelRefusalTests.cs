using Overseer.Core.Expressions.Cel;

namespace Overseer.Core.Tests.Expressions.Cel;

/// <summary>What is no expression, or one that cannot work, is refused when it is loaded: with its place, its cause, and the place shown.</summary>
public sealed class CelRefusalTests
{
    [Theory]
    [InlineData("", 1, "the expression is empty")]
    [InlineData("  // only a comment", 1, "the expression is empty")]
    [InlineData("1 +", 4, "unexpected the end of the expression; a value is expected here")]
    [InlineData("1 2", 3, "unexpected a number; an operator or the end is expected here")]
    [InlineData("(1", 1, "\"(\" is never closed by \")\"")]
    [InlineData("1)", 2, "unexpected \")\"")]
    [InlineData("[1, 2", 1, "\"[\" is never closed by \"]\"")]
    [InlineData("[1 2]", 4, "unexpected a number; \"]\" is expected here")]
    [InlineData("[,]", 2, "unexpected \",\"; a value is expected here")]
    [InlineData("{1: 2", 1, "\"{\" is never closed by \"}\"")]
    [InlineData("{1}", 3, "the \":\" between a key and its value is expected here")]
    [InlineData("{,}", 2, "unexpected \",\"")]
    [InlineData("[1][", 5, "a value is expected here")]
    [InlineData("true ? 1", 9, "the \":\" of \"? :\" is expected here")]
    [InlineData("true ? 1 : ", 12, "a value is expected here")]
    [InlineData("1 = 1", 3, "equality is \"==\"")]
    [InlineData("true & false", 6, "\"and\" is \"&&\"")]
    [InlineData("true | false", 6, "\"or\" is \"||\"")]
    [InlineData("a @ b", 3, "unexpected '@'")]
    [InlineData("`a`", 1, "names in backquotes")]
    [InlineData("'a\u0000'\u0000", 5, "only in quotes")]
    [InlineData("😀", 1, "only in quotes")]
    [InlineData("'a", 1, "has no end: ' is missing")]
    [InlineData("\"\"\"a\"", 1, "has no end: \"\"\" is missing")]
    [InlineData("'a\nb'", 1, "does not end on its line")]
    [InlineData("'\\q'", 2, "unknown escape")]
    [InlineData("'\\", 2, "unknown escape")]
    [InlineData("'\\x4'", 2, "2 hexadecimal digits")]
    [InlineData("'\\u12'", 2, "4 hexadecimal digits")]
    [InlineData("'\\ud800'", 2, "no Unicode character")]
    [InlineData("'\\U00110000'", 2, "no Unicode character")]
    [InlineData("'\\18'", 2, "3 octal digits")]
    [InlineData("'\\400'", 2, "unknown escape")]
    [InlineData("b'\\u0041'", 3, "bytes know no \\u")]
    [InlineData("0x", 1, "\"0x\" needs")]
    [InlineData("12a", 1, "\"12a\" is no number")]
    [InlineData("1.5u", 1, "\"1.5u\" is no number")]
    [InlineData("1.", 3, "the name of a member is expected here")]
    [InlineData("9223372036854775808", 1, "does not fit in an int")]
    [InlineData("-9223372036854775809", 2, "does not fit in an int")]
    [InlineData("99999999999999999999", 1, "does not fit in an int")]
    [InlineData("18446744073709551616u", 1, "does not fit in a uint")]
    [InlineData("1e999", 1, "does not fit in a double")]
    [InlineData("output.", 8, "the name of a member is expected here")]
    [InlineData("output.1", 7, "an operator or the end is expected here")]
    [InlineData("output.json.in", 13, "reserved; write [\"in\"]")]
    [InlineData("for", 1, "\"for\" is reserved")]
    [InlineData("import == 1", 1, "\"import\" is reserved")]
    [InlineData("Foo{a: 1}", 4, "messages (Name{field: value}) are not part of the subset")]
    [InlineData(".", 2, "a name is expected here")]
    public void Wrong_syntax(string expression, int column, string part) => Refused(expression, column, part);

    [Theory]
    [InlineData("outptu.data", 1, "\"outptu\" is not known; known are output.stream, output.data, output.json")]
    [InlineData("output", 1, "\"output\" is no value; its members are stream, data, json")]
    [InlineData("output.dta == ''", 8, "output has no member \"dta\"; its members are stream, data, json (did you mean data?)")]
    [InlineData("has(output.dta)", 12, "output has no member \"dta\"")]
    [InlineData("1 + 1u", 3, "there is no int + uint; CEL mixes no types of numbers, convert one of them with int(), uint() or double()")]
    [InlineData("1 * 1.0", 3, "there is no int * double; CEL mixes")]
    [InlineData("1 + 'a'", 3, "there is no int + string")]
    [InlineData("'a' - 'b'", 5, "there is no string - string")]
    [InlineData("1.0 % 2.0", 5, "there is no double % double")]
    [InlineData("true + true", 6, "there is no bool + bool")]
    [InlineData("null + null", 6, "there is no null_type + null_type")]
    [InlineData("[1] + ['a']", 5, "there is no list(int) + list(string)")]
    [InlineData("{} + {}", 4, "there is no map(dyn, dyn) + map(dyn, dyn)")]
    [InlineData("1 == 'a'", 3, "there is no int == string; they are never equal (dyn() around one of them allows to ask)")]
    [InlineData("output.data == 1", 13, "there is no string == int")]
    [InlineData("output.data != null", 13, "there is no string != null_type")]
    [InlineData("[1] == ['a']", 5, "there is no list(int) == list(string)")]
    [InlineData("b'a' == 'a'", 6, "there is no bytes == string")]
    [InlineData("1 < 'a'", 3, "there is no int < string")]
    [InlineData("1 < 2 < 3", 7, "there is no bool < int")]
    [InlineData("[1] < [2]", 5, "there is no list(int) < list(int)")]
    [InlineData("null < null", 6, "there is no null_type < null_type")]
    [InlineData("1 in ['a']", 3, "there is no int in list(string)")]
    [InlineData("1 in {'a': 1}", 3, "there is no int in map(string, int)")]
    [InlineData("'a' in 'abc'", 5, "of a string ask .contains()")]
    [InlineData("1 in 2", 3, "there is no int in int")]
    [InlineData("1 && true", 1, "\"&&\" needs a bool, not int")]
    [InlineData("true || 'a'", 9, "\"||\" needs a bool, not string")]
    [InlineData("!1", 2, "\"!\" needs a bool, not int")]
    [InlineData("-'a'", 1, "\"-\" needs an int or a double, not string")]
    [InlineData("-(1u)", 1, "\"-\" needs an int or a double, not uint")]
    [InlineData("1 ? 2 : 3", 1, "\"?\" needs a bool, not int")]
    [InlineData("true ? 1 : 'a'", 6, "both values of \"? :\" need one type, not int and string; dyn()")]
    [InlineData("true ? 1 : 1.0", 6, "both values of \"? :\" need one type, not int and double")]
    [InlineData("'a'.b", 5, "string has no members, so no .b")]
    [InlineData("output.data.x", 13, "string has no members, so no .x")]
    [InlineData("{1: 2}.a", 8, "map(int, int) has no members")]
    [InlineData("1[0]", 2, "int has no elements")]
    [InlineData("[1]['a']", 4, "the index of a list is an int, not string")]
    [InlineData("{'a': 1}[1]", 9, "a key of map(string, int) is string, not int")]
    [InlineData("{1.5: 1}", 2, "a key of a map is an int, a uint, a bool or a string, not double")]
    [InlineData("{null: 1}", 2, "a key of a map is")]
    public void Wrong_types_and_names(string expression, int column, string part) => Refused(expression, column, part);

    [Theory]
    [InlineData("foo()", 1, "there is no function \"foo\"; known here are has, size, matches")]
    [InlineData("'a'.containz('b')", 5, "there is no function \"containz\"; known here are contains, startsWith, endsWith, matches, size, all, exists, exists_one, filter, map (did you mean contains?)")]
    [InlineData("contains('a', 'b')", 1, "contains() is written VALUE.contains(…)")]
    [InlineData("1.int()", 3, "int() is written int(VALUE)")]
    [InlineData("timestamp('2020-01-01T00:00:00Z')", 1, "timestamp() is CEL, but times and durations are not part of the subset")]
    [InlineData("duration('1s')", 1, "duration() is CEL, but")]
    [InlineData("dyn(1).getHours()", 8, "getHours() is CEL, but")]
    [InlineData("size()", 1, "size() takes 1 argument here, not 0")]
    [InlineData("size('a', 'b')", 1, "size() takes 1 argument here, not 2")]
    [InlineData("'a'.size('b')", 5, "size() takes 0 arguments here, not 1")]
    [InlineData("size(1)", 1, "size() needs a string, bytes, a list or a map, not int")]
    [InlineData("'a'.contains()", 5, "contains() takes 1 argument here, not 0")]
    [InlineData("'a'.contains(1)", 14, "contains() needs a string, not int")]
    [InlineData("b'a'.contains('a')", 1, "contains() needs a string, not bytes")]
    [InlineData("'a'.matches('a', 'b')", 5, "matches() takes 1 argument here, not 2")]
    [InlineData("matches('a')", 1, "matches() takes 2 arguments here, not 1")]
    [InlineData("int()", 1, "int() takes 1 argument here, not 0")]
    [InlineData("int([])", 1, "there is no int() of list(dyn)")]
    [InlineData("bool(1)", 1, "there is no bool() of int")]
    [InlineData("string(null)", 1, "there is no string() of null_type")]
    [InlineData("bytes(1)", 1, "there is no bytes() of int")]
    [InlineData("has(1)", 5, "has() needs a member: has(VALUE.name)")]
    [InlineData("has({}['a'])", 7, "has() needs a member")]
    [InlineData("has()", 1, "has() takes 1 argument here, not 0")]
    [InlineData("has('a'.b)", 9, "string has no members")]
    [InlineData("[1].all(x)", 5, "all() takes a name and an expression: all(x, …)")]
    [InlineData("[1].all(1, true)", 9, "the first argument of all() is the name of a variable")]
    [InlineData("[1].all(x.y, true)", 11, "the first argument of all() is the name of a variable")]
    [InlineData("[1].all(.x, true)", 10, "the first argument of all() is the name of a variable")]
    [InlineData("[1].all(x, x)", 12, "all() needs a bool, not int")]
    [InlineData("[1].filter(x, x + 1)", 17, "filter() needs a bool, not int")]
    [InlineData("[1].map(x, 1, x)", 12, "map() needs a bool, not int")]
    [InlineData("[1].map(x, x, x, x)", 5, "map() takes a name")]
    [InlineData("[1].all(x, true) && x == 1", 21, "\"x\" is not known")]
    [InlineData("[['a']].all(x, x.all(y, y > 1))", 27, "there is no string > int")]
    [InlineData("'a'.all(x, true)", 5, "all() needs a list or a map, not string")]
    public void Wrong_calls(string expression, int column, string part) => Refused(expression, column, part);

    [Fact]
    public void The_place_is_shown()
    {
        Assert.Equal("column 13: there is no string + int\n  output.data + 1\n              ^", CelRun.Refusal("output.data + 1").Message);
        Assert.Equal("line 2, column 4: there is no int + string\n  \t1 + 'a'\n  \t  ^", CelRun.Refusal("true &&\n\t1 + 'a'\n == 2").Message);
        Assert.Equal("column 6: there is no string + int\n  'ä😀' + 1\n       ^", CelRun.Refusal("'ä😀' + 1").Message);
    }

    [Fact]
    public void Of_a_long_line_only_the_surroundings_are_shown()
    {
        var error = CelRun.Refusal($"'{new string('a', 500)}' + 1 == '{new string('b', 500)}'");

        var lines = error.Message.Split('\n');
        Assert.StartsWith("column 504: ", lines[0], StringComparison.Ordinal);
        Assert.True(lines[1].Length <= 105, lines[1]);
        Assert.Equal('+', lines[1][lines[2].Length - 1]);
        Assert.Equal((1, 504, "there is no string + int"), (error.Line, error.Column, error.Cause));
    }

    [Theory]
    [InlineData("1", "int")]
    [InlineData("  output.data", "string")]
    [InlineData("[true]", "list(bool)")]
    [InlineData("null", "null_type")]
    public void A_condition_of_which_it_is_known_that_it_is_no_bool_is_refused(string expression, string type)
    {
        var error = Assert.Throws<CelException>(() => CelProgram.CompileCondition(expression, CelVariables.Output));

        Assert.Equal($"a condition must yield bool; this yields {type}", error.Cause);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("output.json.a")]
    [InlineData("dyn(1)")]
    public void A_condition_that_may_be_a_bool_is_taken(string expression) => Assert.Equal(expression, CelProgram.CompileCondition(expression, CelVariables.Output).Text);

    private static void Refused(string expression, int column, string part)
    {
        var error = CelRun.Refusal(expression);

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Equal(column, error.Column);
    }
}
