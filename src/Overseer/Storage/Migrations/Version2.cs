namespace Overseer.Storage.Migrations;

/// <summary>What restarts and queues need to go on after a restart of the server.</summary>
internal sealed class Version2 : Migration
{
    // place comes out of the pools: of those that wait for the same pool, the lowest goes first, if the queue's order is that.
    private const string Schema = """
        ALTER TABLE tasks ADD COLUMN exit_count INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tasks ADD COLUMN place      INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tasks ADD COLUMN forced     INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tasks ADD COLUMN requeue    INTEGER NOT NULL DEFAULT 0;
        """;

    /// <inheritdoc/>
    public override void Apply(StoreConnection connection) => connection.Execute(Schema);
}
