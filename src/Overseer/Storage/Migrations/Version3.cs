namespace Overseer.Storage.Migrations;

/// <summary>Processes that somebody else started.</summary>
internal sealed class Version3 : Migration
{
    // Numbers are never those of tasks. No index but the number's: what else is looked for is looked for in memory, and each index would cost an insert a page of its own.
    private const string Schema = """
        CREATE TABLE adopted (
            number        INTEGER PRIMARY KEY,
            task_id       BLOB NOT NULL,
            pid           INTEGER NOT NULL,
            start_time    INTEGER NOT NULL,   -- field 22 of /proc/PID/stat
            boot_id       BLOB NOT NULL,
            pgid          INTEGER NOT NULL,
            command       TEXT NOT NULL,      -- the whole command line
            name          TEXT,
            tags          TEXT,               -- JSON list of texts
            groups        TEXT,               -- JSON list of texts
            added_at      INTEGER NOT NULL,
            started_at    INTEGER,
            phase         TEXT NOT NULL,      -- running, stopping, killing, ended
            exited_at     INTEGER,
            exit_code     INTEGER,            -- NULL: not known
            signal        TEXT,
            stopped       INTEGER NOT NULL,   -- whether somebody had asked for the end
            grace_ends_at INTEGER
        );
        INSERT INTO meta VALUES ('seen_at', 0), ('snapshot_taken', 0);
        """;

    /// <inheritdoc/>
    public override void Apply(StoreConnection connection) => connection.Execute(Schema);
}
