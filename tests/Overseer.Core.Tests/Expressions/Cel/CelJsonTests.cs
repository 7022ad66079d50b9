using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Overseer.Core.Expressions.Cel.Json;

namespace Overseer.Core.Tests.Expressions.Cel;

/// <summary><c>output.json</c>: what of a line is an object, and what of it expressions see.</summary>
public sealed class CelJsonTests
{
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData(" \t{ } \r", "{}")]
    [InlineData("{\"a\":1}", "{\"a\": 1.0}")]
    [InlineData("{\"a\":-1.5e2,\"b\":0,\"c\":-0.0}", "{\"a\": -150.0, \"b\": 0.0, \"c\": -0.0}")]
    [InlineData("{\"a\":[true,false,null,\"x\",[],{}]}", "{\"a\": [true, false, null, \"x\", [], {}]}")]
    [InlineData("{\"a\":{\"b\":{\"c\":\"d\"}} , \"e\" : [ 1 , [ 2 ] ] }", "{\"a\": {\"b\": {\"c\": \"d\"}}, \"e\": [1.0, [2.0]]}")]
    [InlineData("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00\"}", "{\"a\": \"\\\"\\\\/\\U00000008\\U0000000c\\U0000000a\\U0000000d\\U00000009\\U000000e4\\U0001f600\"}")]
    [InlineData("{\"a\":\"\\ud800x\\udc00\\ud800\\u0041\"}", "{\"a\": \"\\U0000fffdx\\U0000fffd\\U0000fffdA\"}")]
    [InlineData("{\"a\":1,\"a\":2}", "{\"a\": 2.0}")]
    [InlineData("{\"\":1}", "{\"\": 1.0}")]
    [InlineData("{\"a}\":\"]{,\"}", "{\"a}\": \"]{,\"}")]
    [InlineData("{\"größe\":\"😀\"}", "{\"gr\\U000000f6\\U000000dfe\": \"\\U0001f600\"}")]
    public void An_object_is_a_map(string line, string value) => Assert.Equal(value, CelRun.Value("output.json", line));

    [Theory]
    [InlineData("")]
    [InlineData("plain text")]
    [InlineData("[1]")]
    [InlineData("\"a\"")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":1}}")]
    [InlineData("{\"a\":1} x")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{,\"a\":1}")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\" 1}")]
    [InlineData("{a:1}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":[1,]}")]
    [InlineData("{\"a\":[,1]}")]
    [InlineData("{\"a\":[1}")]
    [InlineData("{\"a\":[1}]")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":+1}")]
    [InlineData("{\"a\":.5}")]
    [InlineData("{\"a\":1.}")]
    [InlineData("{\"a\":1e}")]
    [InlineData("{\"a\":-}")]
    [InlineData("{\"a\":nul}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":\"\\x\"}")]
    [InlineData("{\"a\":\"\\u12g4\"}")]
    [InlineData("{\"a\":\"\\")]
    [InlineData("{\"a\":\"\t\"}")]
    [InlineData("{\"a\":\"b}")]
    [InlineData("{\"a\":1 /* c */}")]
    public void What_is_no_object_is_an_empty_one(string line) => Assert.Equal("{}", CelRun.Value("output.json", line));

    [Theory]
    [InlineData("output.json.level == 'error'", "true")]
    [InlineData("output.json.n == 3", "true")]
    [InlineData("output.json.n > 2 && output.json.n <= 3.5", "true")]
    [InlineData("output.json.n + 1", "error: no such overload: double + int")]
    [InlineData("int(output.json.n) + 1", "4")]
    [InlineData("output.json.nested.list[1]", "\"b\"")]
    [InlineData("output.json.nested.list.exists(x, x == 'b')", "true")]
    [InlineData("output.json['esc key']", "\"found\"")]
    [InlineData("output.json.missing == 1", "error: no such key: missing")]
    [InlineData("has(output.json.missing)", "false")]
    [InlineData("has(output.json.nothing) && output.json.nothing == null", "true")]
    [InlineData("'level' in output.json", "true")]
    [InlineData("size(output.json)", "6")]
    [InlineData("output.json.level.startsWith('err')", "true")]
    [InlineData("output.json.n.startsWith('err')", "error: no such overload: a string is needed here")]
    [InlineData("output.json.flag", "true")]
    [InlineData("output.json.nested == {'list': ['a', 'b']}", "true")]
    [InlineData("output.json.filter(k, k.startsWith('n')).size()", "3")]
    public void Members_are_found(string expression, string value) =>
        Assert.Equal(value, CelRun.Value(expression, """{"level":"error","n":3,"nested":{"list":["a","b"]},"e\u0073c key":"found","nothing":null,"flag":true}"""));

    [Fact]
    public void Nesting_is_bounded()
    {
        static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

        Assert.Equal("true", CelRun.Value("'a' in output.json", Nested(JsonGrammar.MaxDepth)));
        Assert.Equal("false", CelRun.Value("'a' in output.json", Nested(JsonGrammar.MaxDepth + 1)));
        Assert.Equal("false", CelRun.Value("'a' in output.json", Nested(100_000)));
        Assert.Equal("false", CelRun.Value("'a' in output.json", "{\"a\":" + new string('[', 100_000)));
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_shown_as_everywhere() =>
        Assert.Equal("\"\\U0000fffdx\"", CelRun.Value("output.json.a", [.. "{\"a\":\""u8, 0xff, (byte)'x', .. "\"}"u8]));

    [Fact]
    public void The_grammar_is_that_of_the_base_library()
    {
        const string Alphabet = "{}[]:,\"\\ 0-1.eE+tfn";
        string[] words = ["\"a\"", "true", "false", "null", "1", "-1.5e3", "{\"b\":", "\"\\u00e4\"", "[]", "{}", "},", "\"x\":1"];
        var piece = Gen.OneOf(Gen.Elements(Alphabet.ToCharArray()).Select(c => c.ToString()), Gen.Elements(words), Gen.Elements(words));
        var objects = 0;
        Prop.ForAll(piece.ListOf().Select(pieces => $"{{{string.Concat(pieces)}}}").ToArbitrary(), text =>
        {
            var octets = Encoding.UTF8.GetBytes(text);
            var isObject = JsonGrammar.IsObject(octets);
            Assert.Equal(ByTheBaseLibrary(octets), isObject);
            if (isObject) objects++;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithEndSize(8));
        Assert.True(objects > 200, $"only {objects} were objects");
    }

    private static bool ByTheBaseLibrary(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
