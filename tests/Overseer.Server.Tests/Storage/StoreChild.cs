using Overseer.Core.Tasks.Storage;
using Overseer.Storage;

namespace Overseer.Server.Tests.Storage;

/// <summary>A process that uses a store, to be killed or to use another SQLite than the tests.</summary>
internal static class StoreChild
{
    internal const string Verb = "store-child";

    /// <summary>Commits change after change and prints the number of each that was acknowledged, until it is killed.</summary>
    internal const string Commits = "commits";

    /// <summary>Prints the version of SQLite in use, stores something and reads it again.</summary>
    internal const string Library = "library";

    /// <summary>Writes the database that is kept of this version of the schema.</summary>
    internal const string Keep = "keep";

    internal static int Run(string role, string path) => role switch
    {
        Commits => CommitForEver(path),
        Library => UseLibrary(path),
        Keep => KeepDatabase(path),
        _ => 2,
    };

    /// <summary>What change number n is: it adds a task and its run, changes the one before and ends its run, and forgets an old one.</summary>
    internal static EngineChanges Change(long n) => new()
    {
        Forgotten = n > 50 ? [n - 50] : [],
        Tasks = n > 1 ? [Records.Task(n), Records.Restarted(n - 1, 1)] : [Records.Task(n)],
        Runs = n > 1 ? [Records.Run(n, 1, Core.Tasks.TaskPhase.Running), Records.Run(n - 1, 1)] : [Records.Run(n, 1, Core.Tasks.TaskPhase.Running)],
        LastNumber = n,
    };

    private static int CommitForEver(string path)
    {
        using var store = SqliteTaskStore.Open(path);
        using var output = Console.OpenStandardOutput();
        Span<byte> line = stackalloc byte[32];
        for (var n = store.Load().LastNumber + 1; ; n++)
        {
            store.Commit(Change(n));
            System.Text.Unicode.Utf8.TryWrite(line, $"{n}\n", out var length);
            output.Write(line[..length]);
        }
    }

    private static int UseLibrary(string path)
    {
        Console.WriteLine(SqliteLibrary.Use());
        using (var store = SqliteTaskStore.Open(path))
        {
            store.Load();
            store.Commit(Change(1));
            store.Commit(Change(2));
        }

        using (var store = SqliteTaskStore.Open(path))
        {
            var found = store.Load();
            Console.WriteLine($"{found.Tasks.Count} {found.Runs.Count} {found.Epoch}");
        }

        return 0;
    }

    private static int KeepDatabase(string path)
    {
        using var store = SqliteTaskStore.Open(path);
        store.Commit(StoreMigrationTests.Version4);
        return 0;
    }
}
