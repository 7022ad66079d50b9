namespace Overseer.Storage.Migrations;

/// <summary>Tasks, their runs, and what the server counts.</summary>
internal sealed class Version1 : Migration
{
    // Runs lie by task: those that change at the same time lie side by side, so that a commit writes few pages. By their random ids each would cost a page of its own.
    private const string Schema = """
        CREATE TABLE meta (
            key   TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) WITHOUT ROWID;
        INSERT INTO meta VALUES ('epoch', 0), ('last_number', 0);

        -- Times are nanoseconds since 1970-01-01 UTC, durations nanoseconds. What is NULL is not set.
        CREATE TABLE tasks (
            number        INTEGER PRIMARY KEY,
            task_id       TEXT NOT NULL UNIQUE,
            journal_id    TEXT NOT NULL,      -- its directory below journals
            action        TEXT NOT NULL,
            params        TEXT,               -- JSON object of texts
            retry         TEXT,               -- JSON object
            name          TEXT,
            tags          TEXT,               -- JSON list of texts
            groups        TEXT,               -- JSON list of texts
            command       TEXT,
            args          TEXT,               -- JSON list of texts
            state         TEXT NOT NULL,      -- active, stopped, errored, queued
            restart_count INTEGER NOT NULL,
            error_message TEXT,
            created_at    INTEGER NOT NULL,
            queued_at     INTEGER,            -- with the number: its place among those that wait
            restart_at    INTEGER,
            history_from  INTEGER NOT NULL    -- exits of runs with a lower ordinal do not count
        );

        CREATE TABLE runs (
            task               INTEGER NOT NULL REFERENCES tasks (number) ON DELETE CASCADE,
            ordinal            INTEGER NOT NULL,
            run_id             BLOB NOT NULL,
            phase              TEXT NOT NULL,      -- starting, running, stopping, killing, ended
            boot_id            BLOB NOT NULL,
            pid                INTEGER NOT NULL,   -- 0: there is none yet
            process_start_time INTEGER NOT NULL,
            started_at         INTEGER,
            exited_at          INTEGER,
            exit_code          INTEGER NOT NULL,
            signal             INTEGER NOT NULL,
            intentional        INTEGER NOT NULL,
            stop_signal        INTEGER NOT NULL,
            stop_grace         INTEGER NOT NULL,
            asked_grace        INTEGER,
            grace_ends_at      INTEGER,
            stdout_pipe        INTEGER NOT NULL,
            stderr_pipe        INTEGER NOT NULL,
            PRIMARY KEY (task, ordinal)
        ) WITHOUT ROWID;
        """;

    /// <inheritdoc/>
    public override void Apply(StoreConnection connection) => connection.Execute(Schema);
}
