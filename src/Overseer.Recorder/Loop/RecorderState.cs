using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Loop;

/// <summary>What the parts of the loop share. All of it belongs to the loop's thread.</summary>
internal sealed class RecorderState : IDisposable
{
    internal RecorderState(RecorderOptions options)
    {
        Options = options;
        Outbox = new Outbox();
        Journals = new JournalTable(options.JournalRoot, Outbox);
        Spawner = SpawnerChoices.Make(options);
        Inputs = new RunInputs(this);
        Streams = new StreamRecording(this);
        Exits = new ExitRecording(this);
        Starter = new Starter(this);
        Adopter = new Adopter(this);
    }

    internal RecorderOptions Options { get; }

    internal Poller Poller { get; } = new();

    internal Pass Pass { get; } = new();

    internal RunTable Runs { get; } = new();

    internal Outbox Outbox { get; }

    internal JournalTable Journals { get; }

    internal ISpawner Spawner { get; }

    internal RunInputs Inputs { get; }

    internal StreamRecording Streams { get; }

    internal ExitRecording Exits { get; }

    internal Starter Starter { get; }

    internal Adopter Adopter { get; }

    /// <summary>The highest epoch a server said hello with.</summary>
    internal long Epoch { get; set; } = long.MinValue;

    /// <summary>Where children say to the server that they are there; -1 without one.</summary>
    internal int Births { get; set; } = -1;

    /// <summary>Everything has been handed over to a recorder of another version.</summary>
    internal bool HandedOver { get; set; }

    /// <summary>The server wants the recorder to end when nothing runs any more.</summary>
    internal bool ShutdownRequested { get; set; }

    /// <summary>Nothing more will be recorded of the run.</summary>
    internal void Settled(Run run)
    {
        Runs.Settled(run);
        Journals.Release(run.Journal);
    }

    internal void Log(string message) => Options.Log(message);

    public void Dispose()
    {
        Adopter.Dispose();
        Streams.Dispose();
        Inputs.Dispose();
        Starter.Dispose();
        Journals.Dispose();
        Spawner.Dispose();
        Poller.Dispose();
    }
}
