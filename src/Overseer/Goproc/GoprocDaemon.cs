using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Overseer.Configuration;
using Overseer.Core.Drivers;
using Overseer.Hosting;
using Overseer.Registry;

namespace Overseer.Goproc;

/// <summary>
/// The daemon of goproc and nothing else: a server whose only door is the socket. All that it keeps lies in one directory beside the socket, so that a daemon with another socket
/// is another daemon, and none gets in the way of <c>overseer serve</c>. It starts no processes, so its recorder is a thread.
/// </summary>
internal static class GoprocDaemon
{
    /// <summary>The directory for what the daemon keeps, beside the socket.</summary>
    internal const string StateDirectory = "goproc.state";

    // There is no file in which these could be set, and nobody but the user whose memory it is can fill them.
    private const int MaxTasks = 1_000_000;
    private const long MaxTaskBytes = 1L << 30;

    /// <summary>Runs until SIGINT, SIGTERM or SIGHUP.</summary>
    /// <param name="places">Where the socket goes.</param>
    /// <param name="options">The settings.</param>
    /// <param name="started">Is called when the socket is there.</param>
    /// <exception cref="StartupException">It cannot be started.</exception>
    public static async Task RunAsync(GoprocPlaces places, GoprocOptions options, Action started)
    {
        PrivateDirectory.Make(places.Directory);
        var configuration = ConfigurationFor(places, options);
        using var logs = Logs.Create(new ServeOptions { Out = TextWriter.Null, Error = TextWriter.Null, LogLevel = LogLevel.Warning });
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
        await using var server = await StartAsync(configuration, logs);
        started();
        await end.Task;

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            end.TrySetResult();
        }
    }

    private static async Task<OverseerServer> StartAsync(OverseerConfiguration configuration, ILoggerFactory logs)
    {
        try
        {
            return await OverseerServer.StartAsync(new CheckedConfiguration(configuration, ActionCatalog.Empty, [], []), logs, TimeProvider.System, RecorderChoice.InProcess);
        }
        catch (StartupException e) when (e.InnerException is SnapshotException snapshot)
        {
            throw new StartupException(snapshot.Problem, e);
        }
    }

    /// <summary>What such a server is told.</summary>
    internal static OverseerConfiguration ConfigurationFor(GoprocPlaces places, GoprocOptions options)
    {
        var state = Path.Combine(places.Directory, StateDirectory);
        return new OverseerConfiguration
        {
            Listen = [],
            Places = new Places(state, state),
            Goproc = options with { Socket = places.Socket, Alone = true },
            Cgroups = CgroupMode.Off,
            Limits = new LimitOptions { MaxTasks = MaxTasks, MaxTaskBytes = MaxTaskBytes },
        };
    }
}
