using Overseer.Core.Registry;

namespace Overseer.Core.Tests.Registry;

/// <summary>The texts are goproc's, which its users see.</summary>
public sealed class ProcessNameTests
{
    [Theory]
    [InlineData("db-reader_1.x")]
    [InlineData("größe")]
    [InlineData("名前")]
    [InlineData("٣")]
    public void Letters_and_digits_of_any_script_and_three_signs_are_allowed(string name) => Assert.Null(ProcessName.Problem(name));

    [Theory]
    [InlineData("a b", "name \"a b\" contains invalid character ' ' (allowed: letters, digits, '.', '-', '_')")]
    [InlineData("a/b", "name \"a/b\" contains invalid character '/' (allowed: letters, digits, '.', '-', '_')")]
    [InlineData("a😀", "name \"a😀\" contains invalid character '😀' (allowed: letters, digits, '.', '-', '_')")]
    [InlineData("a\nb", "name \"a?b\" contains invalid character '?' (allowed: letters, digits, '.', '-', '_')")]
    public void Everything_else_is_named(string name, string problem) => Assert.Equal(problem, ProcessName.Problem(name));

    [Fact]
    public void It_has_at_most_64_bytes()
    {
        Assert.Null(ProcessName.Problem(new string('x', 64)));
        Assert.Null(ProcessName.Problem(new string('é', 32)));
        Assert.Equal($"name \"{new string('x', 65)}\" is too long (max 64 characters)", ProcessName.Problem(new string('x', 65)));
        Assert.NotNull(ProcessName.Problem(new string('é', 33)));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("  ", null)]
    [InlineData(" a ", "a")]
    public void Spaces_around_it_do_not_count(string? given, string? name) => Assert.Equal(name, ProcessName.Trim(given));
}
