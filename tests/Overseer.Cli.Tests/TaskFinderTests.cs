using Overseer.Cli.Tasks;
using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tests;

public sealed class TaskFinderTests
{
    private static readonly TaskInfo[] Tasks = [Task("abc-1", 12, "web"), Task("abd-2", 2, null), Task("12", 3, null), Task("web", 4, "abd")];

    [Theory]
    [InlineData("abc-1", "abc-1")]
    [InlineData("abc", "abc-1")]
    [InlineData("abd", "web")] // a name wins over the beginning of an id
    [InlineData("abd-", "abd-2")]
    [InlineData("web", "web")] // an id wins over a name
    [InlineData("12", "12")] // an id wins over a number
    [InlineData("2", "abd-2")]
    public void A_task_is_known_by_id_name_number_or_beginning(string text, string taskId) => Assert.Equal(taskId, TaskFinder.Find(Tasks, text).TaskId);

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("99")]
    public void What_is_not_there_is_not_found(string text) => Assert.Throws<NotFoundException>(() => TaskFinder.Find(Tasks, text));

    [Fact]
    public void An_ambiguous_beginning_names_the_candidates()
        => Assert.Equal("'ab' could be any of abc-1, abd-2; write more of the id", Assert.Throws<UsageException>(() => TaskFinder.Find(Tasks, "ab")).Message);

    private static TaskInfo Task(string id, long number, string? name)
        => new() { TaskId = id, Number = number, Name = name, Action = "a", State = TaskState.Active, RestartCount = 0, CreatedAt = default };
}
