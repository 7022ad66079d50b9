namespace Overseer.Storage.Migrations;

/// <summary>A step from one version of the schema to the next. A version that was released is never changed any more: a change is a new step.</summary>
internal abstract class Migration
{
    /// <summary>All steps in their order, the first one from nothing.</summary>
    public static IReadOnlyList<Migration> All { get; } = [new Version1(), new Version2(), new Version3(), new Version4()];

    /// <summary>The version that this program reads and writes.</summary>
    public static int Latest => All.Count;

    /// <summary>Changes schema and rows. In a transaction of its own, in which the version is set too.</summary>
    public abstract void Apply(StoreConnection connection);

    /// <summary>Brings a database to <see cref="Latest"/>, one transaction a step.</summary>
    /// <returns>Whether there was something to do.</returns>
    /// <exception cref="Core.Tasks.Storage.StoreException">A step failed; the database is as the step before left it.</exception>
    public static bool Run(StoreConnection connection)
    {
        var version = (int)(long)connection.Value("PRAGMA user_version")!;
        for (var step = version; step < Latest; step++)
        {
            connection.Transact("brought to the schema of this version", (connection, step), static at =>
            {
                All[at.step].Apply(at.connection);
                at.connection.Execute($"PRAGMA application_id = {StoreInspection.ApplicationId}; PRAGMA user_version = {at.step + 1}");
            });
        }

        return version < Latest;
    }
}
