namespace Overseer.Chaos;

/// <summary>Where everything of one run of the suite lies; its path is in the command line of every process that belongs to it.</summary>
internal sealed class ChaosPlaces
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    internal ChaosPlaces(string root)
    {
        Root = root;
        foreach (var directory in new[] { root, State, Runtime, In("starts"), In("progress") })
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

    internal string Progress(string token, int life) => Path.Combine(Root, "progress", $"{token}.{life}");

    private string In(string name) => Path.Combine(Root, name);
}
