namespace Overseer.Storage.Migrations;

/// <summary>Runs that the server carries out itself: containers, and what reports over the hub.</summary>
internal sealed class Version4 : Migration
{
    private const string Schema = """
        ALTER TABLE runs ADD COLUMN host TEXT;        -- who carries it out; NULL: the recorder
        ALTER TABLE runs ADD COLUMN reference TEXT;   -- what that one finds it by
        ALTER TABLE runs ADD COLUMN note TEXT;        -- what that one says of it
        """;

    /// <inheritdoc/>
    public override void Apply(StoreConnection connection) => connection.Execute(Schema);
}
