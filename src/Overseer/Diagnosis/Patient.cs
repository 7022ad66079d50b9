using Overseer.Configuration;
using Overseer.Core.Configuration;
using Overseer.Recorder.Processes;

namespace Overseer.Diagnosis;

/// <summary>What the examinations look at: a server as it would be started, and the one that runs in the same places, if one does.</summary>
internal sealed record Patient
{
    /// <summary>What the configuration comes from.</summary>
    public required ConfigurationSources Sources { get; init; }

    /// <summary>What came of reading it.</summary>
    public required CheckedConfiguration Check { get; init; }

    /// <summary>The configuration; defaults for what is wrong in it.</summary>
    public required OverseerConfiguration Configuration { get; init; }

    /// <summary>The directories; null when they cannot be told.</summary>
    public Places? Places { get; init; }

    /// <summary>Why they cannot.</summary>
    public string? PlacesProblem { get; init; }

    /// <summary>The server that holds the state directory; null for none.</summary>
    public int? ServerPid { get; init; }

    /// <summary>The recorder that holds it; null for none.</summary>
    public int? RecorderPid { get; init; }

    /// <summary>Prepares it.</summary>
    public static Patient Of(ConfigurationSources sources, CheckedConfiguration check)
    {
        Places? places = null;
        string? problem = null;
        try
        {
            places = check.Configuration?.Places ?? Places.Resolve(sources.StateDirectory, sources.RuntimeDirectory, sources.Environment);
        }
        catch (ConfigurationException e)
        {
            problem = e.Errors[0].Message;
        }

        return new Patient
        {
            Sources = sources,
            Check = check,
            Configuration = check.Configuration ?? new OverseerConfiguration { Places = places ?? new Places("/", "/") },
            Places = places,
            PlacesProblem = problem,
            ServerPid = places is null ? null : FileLockHolder.Of(places.ServerLock),
            RecorderPid = places is null ? null : FileLockHolder.Of(places.RecorderLock),
        };
    }
}
