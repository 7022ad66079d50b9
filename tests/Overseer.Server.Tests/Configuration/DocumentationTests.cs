using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Overseer.Server.Tests.Configuration;

/// <summary>docs/configuration.md must not drift from what is read.</summary>
public sealed class DocumentationTests : ConfigurationFixture
{
    private static string Page([CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/configuration.md"));

    [Fact]
    public void Every_example_loads_without_a_complaint()
    {
        var examples = Page().Split("```yaml\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)]).ToArray();
        Assert.Equal(6, examples.Length);
        Assert.All(examples, example => Load(example));
    }

    [Theory]
    [InlineData("{zzz: 1}")]
    [InlineData("limits: {zzz: 1}")]
    [InlineData("retry: {zzz: 1}")]
    [InlineData("task_pool: {zzz: 1}")]
    [InlineData("task_pool: {queue: {zzz: 1}}")]
    [InlineData("task_pool: {excess: {zzz: 1}}")]
    [InlineData("hub: {zzz: 1}")]
    [InlineData("goproc: {zzz: 1}")]
    [InlineData("tokens: [{name: a, hash: 0000000000000000000000000000000000000000000000000000000000000000, scopes: read, zzz: 1}]")]
    [InlineData("shutdown: {zzz: 1}")]
    [InlineData("stop: {zzz: 1}")]
    [InlineData("actions: {a: {type: exec, zzz: 1}}")]
    public void Every_key_that_is_read_is_on_the_page(string yaml)
    {
        var page = Page();
        var error = Assert.Single(ErrorsOf(yaml));
        var keys = error[(error.IndexOf("known here are ", StringComparison.Ordinal) + "known here are ".Length)..].Split(", ");
        Assert.All(keys, key => Assert.Matches($@"[`.{{ ]{Regex.Escape(key)}[`.,:}} ]", page));
    }
}
