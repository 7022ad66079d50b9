namespace Overseer.Chaos;

/// <summary>Where everything of one run of the suite lies; its path is in the command line of every process that belongs to it.</summary>
internal sealed class ChaosPlaces
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    internal ChaosPlaces(string root)
    {
        Root = root;
        foreach (var directory in new[] { root, State, Runtime, In("starts"), In("progress"), In("places"), In("inputs") })
            Directory.CreateDirectory(directory, OwnerOnly);
        File.WriteAllText(Gate, "");
    }

    internal string Root { get; }

    internal string State => In("state");

    internal string Runtime => In("run");

    internal string Journals => Path.Combine(State, "journals");

    internal string RecorderLog => Path.Combine(State, "recorder.log");

    internal string ServerLog => In("server.log");

    internal string Configuration => In("overseer.yaml");

    internal string Worker => In("worker");

    /// <summary>Workers lock it shared before they end.</summary>
    internal string Gate => In("gate");

    internal string Starts(string token) => Path.Combine(Root, "starts", token);

    internal string Progress(string token, string label) => Path.Combine(Root, "progress", $"{token}.{label}");

    /// <summary>What a life has read.</summary>
    internal string Input(Life life) => Path.Combine(Root, "inputs", $"{life.Token}.{life.Plan.Label}");

    /// <summary>Which workers began while as many ran as may at once; missing when none did.</summary>
    internal string Crowded => In("crowded");

    private string In(string name) => Path.Combine(Root, name);
}
