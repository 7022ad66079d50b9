using Overseer.Configuration;
using Overseer.Server.Tests.Configuration;
using Overseer.Server.Trust;

namespace Overseer.Server.Tests.Trust;

/// <summary>What is read of <c>tokens</c>, <c>tokens_file</c> and their variables. No message shows a token.</summary>
public sealed class TokenConfigurationTests : ConfigurationFixture, IDisposable
{
    private const string Token = "s3cret-s3cret-s3cret";
    private readonly string _directory = Directory.CreateTempSubdirectory("overseer-tokens-").FullName;

    [Fact]
    public void A_token_has_a_name_and_a_scope_that_includes_the_lesser_ones()
    {
        var tokens = Load($"tokens: [{{name: a, token: {Token}, scopes: read}}, {{name: b, token: {Token}2, scopes: [read, operate]}}, {{name: c, hash: {TokenHash.Of(Token + "3").ToHex()}, scopes: admin}}]").Tokens;

        Assert.Equal([("a", Scope.Read), ("b", Scope.Operate), ("c", Scope.Admin)], tokens.Select(token => (token.Name, token.Grant.Scope)));
        Assert.All(tokens, token => Assert.False(token.Grant.IsLimited));
        Assert.Equal(["a", "b", "c"], new[] { "", "2", "3" }.Select(end => new TokenSet(tokens).Find(TokenHash.Of(Token + end))!.Name));
        Assert.Null(new TokenSet(tokens).Find(TokenHash.Of(Token + "4")));
    }

    [Fact]
    public void A_token_may_be_limited_to_actions_and_tags()
    {
        var grant = Load($"{{tokens: [{{name: a, token: {Token}, scopes: operate, actions: [deploy], tags: ci}}], actions: {{deploy: {{type: exec}}}}}}").Tokens[0].Grant;

        Assert.Equal(("deploy", "ci"), (Assert.Single(grant.Actions!), Assert.Single(grant.Tags!)));
    }

    [Fact]
    public void A_token_file_holds_one_token_and_a_newline_behind_it() =>
        Assert.Equal(TokenHash.Of(Token), Load($"tokens: [{{name: a, token_file: {File("one", Token + "\n")}, scopes: read}}]").Tokens[0].Hash);

    [Theory]
    [InlineData("tokens:\n  - {name: b, token: " + Token + "2, scopes: admin}\n")]
    [InlineData("{\"tokens\": [{\"name\": \"b\", \"token\": \"" + Token + "2\", \"scopes\": [\"admin\"]}]}")]
    public void A_tokens_file_is_YAML_or_JSON_and_comes_behind_the_list(string text) =>
        Assert.Equal(["a", "b"], Load($"{{tokens: [{{name: a, token: {Token}, scopes: read}}], tokens_file: {File("all", text)}}}").Tokens.Select(token => token.Name));

    [Fact]
    public void The_environment_replaces_the_list()
    {
        var tokens = Load(
            $"tokens: [{{name: a, token: {Token}, scopes: read}}]",
            ("OVERSEER_TOKENS", $"ci:operate:{Token}1, web:read:sha256:{TokenHash.Of(Token + "2").ToHex()}, {Token}3")).Tokens;

        Assert.Equal([("ci", Scope.Operate), ("web", Scope.Read), ("environment", Scope.Admin)], tokens.Select(token => (token.Name, token.Grant.Scope)));
        Assert.Equal(["1", "2", "3"], tokens.Select(token => new[] { "1", "2", "3" }.Single(end => token.Hash.Equals(TokenHash.Of(Token + end)))));
    }

    [Fact]
    public void The_environment_names_the_file()
    {
        var tokens = Load("tokens_file: /nonexistent", ("OVERSEER_TOKENS_FILE", File("all", $"tokens: [{{name: b, token: {Token}, scopes: admin}}]"))).Tokens;

        Assert.Equal("b", Assert.Single(tokens).Name);
    }

    [Theory]
    [InlineData("tokens: [TOKEN]", "c.yaml:1: tokens[0]: must be a mapping such as {name: ci, hash: …, scopes: operate}, not text")]
    [InlineData("tokens: TOKEN", "c.yaml:1: tokens: must be a list of mappings such as {name: ci, hash: …, scopes: operate}, not text")]
    [InlineData("tokens: [{token: TOKEN, scopes: read}]", "c.yaml:1: tokens[0]: name is required")]
    [InlineData("tokens: [{name: 'a b', token: TOKEN, scopes: read}]", "c.yaml:1: tokens[0].name: must have 1 to 64 letters, digits, \".\", \"-\" or \"_\"")]
    [InlineData("tokens: [{name: a, token: TOKEN, scopes: read}, {name: a, token: TOKEN2, scopes: read}]", "c.yaml:1: tokens[1].name: \"a\" is the name of another token")]
    [InlineData("tokens: [{name: a, token: TOKEN, scopes: read}, {name: b, token: TOKEN, scopes: read}]", "c.yaml:1: tokens[1]: is the same token as \"a\"; give each a token of its own")]
    [InlineData("tokens: [{name: a, scopes: read}]", "c.yaml:1: tokens[0]: needs one of token, token_file, hash")]
    [InlineData("tokens: [{name: a, token: TOKEN, hash: TOKEN, scopes: read}]", "c.yaml:1: tokens[0]: has token and hash; only one of token, token_file, hash is allowed")]
    [InlineData("tokens: [{name: a, token: s3cret, scopes: read}]", "c.yaml:1: tokens[0].token: must have 16 to 1024 visible ASCII characters without blanks (overseer token new makes one)")]
    [InlineData("tokens: [{name: a, token: 's3cret s3cret s3cret', scopes: read}]", "c.yaml:1: tokens[0].token: must have 16 to 1024 visible ASCII characters without blanks (overseer token new makes one)")]
    [InlineData("tokens: [{name: a, hash: TOKEN, scopes: read}]", "c.yaml:1: tokens[0].hash: must be the SHA-256 of the token in 64 hexadecimal digits (overseer token new prints both)")]
    [InlineData("tokens: [{name: a, token: TOKEN}]", "c.yaml:1: tokens[0]: scopes must be one of read, operate, admin")]
    [InlineData("tokens: [{name: a, token: TOKEN, scopes: s3cret}]", "c.yaml:1: tokens[0].scopes: has a word that is no scope; scopes are read, operate, admin")]
    [InlineData("tokens: [{name: a, token: TOKEN, scopes: read, actions: []}]", "c.yaml:1: tokens[0].actions: must name at least one, and none may be empty; leave it out for all")]
    [InlineData("tokens: [{name: a, token: TOKEN, scopes: read, tags: ['']}]", "c.yaml:1: tokens[0].tags: must name at least one, and none may be empty; leave it out for all")]
    [InlineData("tokens: [{name: a, token: TOKEN, scopes: read, secret: x}]", "c.yaml:1: tokens[0].secret: unknown key; known here are actions, hash, name, scopes, tags, token, token_file")]
    [InlineData("tokens: [{name: a, token_file: /nonexistent/t, scopes: read}]", "c.yaml:1: tokens[0].token_file: there is no file /nonexistent/t")]
    [InlineData("tokens_file: /nonexistent/t", "c.yaml:1: tokens_file: there is no file /nonexistent/t")]
    [InlineData("tokens_file: /dev/zero", "c.yaml:1: tokens_file: /dev/zero is no ordinary file")]
    [InlineData("limits: {max_audited_refusals: 0}", "c.yaml:1: limits.max_audited_refusals: \"0\" is not a whole number from 1 to 10000")]
    public void What_is_wrong_is_one_line_without_the_token(string yaml, string error)
    {
        var only = Assert.Single(ErrorsOf(yaml.Replace("TOKEN", Token, StringComparison.Ordinal)));

        Assert.Equal(error, only);
        Assert.DoesNotContain("s3cret", only, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a:s3cret", "OVERSEER_TOKENS: tokens[0]: must be a mapping such as {name: ci, hash: …, scopes: operate}, not text")]
    [InlineData("a:root:" + Token, "OVERSEER_TOKENS: tokens[0].scopes: has a word that is no scope; scopes are read, operate, admin")]
    [InlineData("s3cret", "OVERSEER_TOKENS: tokens[0].token: must have 16 to 1024 visible ASCII characters without blanks (overseer token new makes one)")]
    public void What_is_wrong_with_the_variable_is_said_without_the_token(string value, string error) => Assert.Equal([error], ErrorsOf("{}", ("OVERSEER_TOKENS", value)));

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_of_tokens_that_others_may_read_or_change_is_refused(UnixFileMode open)
    {
        var path = File("open", $"tokens: [{{name: b, token: {Token}, scopes: admin}}]", UnixFileMode.UserRead | open);
        var mode = Convert.ToString((int)(UnixFileMode.UserRead | open), 8);

        Assert.Equal([$"c.yaml:1: tokens_file: others may read or change {path} (mode {mode}); close it with chmod 600 {path}"], ErrorsOf($"tokens_file: {path}"));
        Assert.Equal([$"c.yaml:1: tokens[0].token_file: others may read or change {path} (mode {mode}); close it with chmod 600 {path}"], ErrorsOf($"tokens: [{{name: a, token_file: {path}, scopes: read}}]"));
    }

    [Theory]
    [InlineData("tokens: [s3cret-s3cret", "FILE:2: is not YAML of the form tokens: [{name: ci, hash: …, scopes: operate}]")]
    [InlineData("s3cret-s3cret", "FILE:1: is not YAML of the form tokens: [{name: ci, hash: …, scopes: operate}]")]
    [InlineData("{tokens: []}", "c.yaml:1: tokens_file: FILE holds no token")]
    [InlineData("{tokens: [], zzz: 1}", "FILE:1: zzz: unknown key; known here are tokens")]
    public void A_file_of_tokens_that_is_wrong_is_not_quoted(string text, string error)
    {
        var path = File("wrong", text);

        Assert.Equal([error.Replace("FILE", path, StringComparison.Ordinal)], ErrorsOf($"tokens_file: {path}"));
    }

    [Fact]
    public void A_limit_to_an_action_that_is_not_there_is_warned_about() => Assert.Equal(
        ["c.yaml:1: tokens: the token \"a\" is limited to the action \"deply\", which is not configured; did you mean deploy?"],
        WarningsOf($"{{tokens: [{{name: a, hash: {TokenHash.Of(Token).ToHex()}, scopes: operate, actions: [deply, deploy, command]}}], actions: {{deploy: {{type: exec}}}}}}"));

    [Fact]
    public void A_token_in_a_file_that_others_may_read_is_warned_about()
    {
        var sources = Sources($"tokens: [{{name: a, token: {Token}, scopes: read}}]");
        System.IO.File.SetUnixFileMode(ConfigPath, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Equal(
            ["c.yaml:1: tokens[0].token: others may read c.yaml; close it with chmod o-r c.yaml, or write the token's hash instead"],
            Short(ConfigurationLoader.Load(sources).Warnings));
    }

    [Theory]
    [InlineData("tokens: []", true)]
    [InlineData("tokens: [{name: a, hash: HASH, scopes: read}]", false)]
    public void A_listener_for_other_machines_is_warned_about_only_without_tokens(string yaml, bool warned) => Assert.Equal(
        warned ? ["c.yaml:1: listen: :8080 can be reached from other machines, and no tokens are asked for: whoever is in trusted_cidrs may start the configured actions"] : [],
        WarningsOf($"{{listen: ':8080', {yaml.Replace("HASH", TokenHash.Of(Token).ToHex(), StringComparison.Ordinal)}}}"));

    public new void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        base.Dispose();
    }

    private string File(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = Path.Combine(_directory, name);
        System.IO.File.WriteAllText(path, text);
        System.IO.File.SetUnixFileMode(path, mode);
        return path;
    }
}
