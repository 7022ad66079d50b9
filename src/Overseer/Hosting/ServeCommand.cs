using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Overseer.Configuration;
using Overseer.Core.Drivers;
using Overseer.Drivers.Docker;
using Overseer.Drivers.Exec;
using Overseer.Hosting.Reloading;
using Overseer.Hosting.Systemd;

namespace Overseer.Hosting;

/// <summary>What `overseer serve` does: load, start, say so in one line, wait for SIGINT or SIGTERM, stop.</summary>
public static class ServeCommand
{
    /// <summary>The drivers every server has.</summary>
    public static IReadOnlyList<IDriver> BuiltInDrivers { get; } = [ExecDriver.ForThisProcess(), DockerDriver.ForThisProcess()];

    /// <summary>Serves until a signal comes or <paramref name="stop"/> is cancelled.</summary>
    /// <param name="options">What the command line says.</param>
    /// <param name="stop">Ends the server like SIGTERM.</param>
    /// <returns>The exit code, see <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(ServeOptions options, CancellationToken stop)
    {
        var sources = new ConfigurationSources
        {
            FlagPath = options.ConfigPath,
            Environment = ConfigurationSources.OwnEnvironment(),
            Listen = options.Listen,
            Database = options.Database,
            Command = options.Command,
            Protocol = options.Protocol,
            IsStickyOverseer = options.IsStickyOverseer,
            IsHub = options.IsHub,
            Shutdown = options.Shutdown,
            Recorder = options.Recorder,
            StateDirectory = options.StateDirectory,
            RuntimeDirectory = options.RuntimeDirectory,
        };
        var check = Check();
        var hangUps = new HangUps();
        foreach (var warning in check.Warnings)
        {
            await options.Error.WriteLineAsync($"warning: {warning}");
        }

        if (check.Configuration is null)
        {
            foreach (var error in check.Errors)
            {
                await options.Error.WriteLineAsync(error);
            }

            return ExitCodes.Configuration;
        }

        using var logs = Logs.Create(options);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var log = logs.CreateLogger("Overseer.Hosting");
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var manager = ServiceNotifier.OfThisProcess(log);
        OverseerServer server;
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp);
        try
        {
            server = await OverseerServer.StartAsync(check, logs, TimeProvider.System, RecorderChoice.Process, Check);
        }
        catch (StartupException e)
        {
            await options.Error.WriteLineAsync($"overseer: {e.Message}");
            return e.ExitCode;
        }

        await using (server)
        {
            var said = server.UsesStandardOutput ? options.Error : options.Out;
            await said.WriteLineAsync(options.Ready ?? $"overseer is ready: {string.Join(' ', server.Addresses)}");
            await said.FlushAsync(CancellationToken.None);
            manager.Ready(server.Addresses);
            var watch = manager.WatchAsync(server.EngineTurnAsync, end.Token);
            var reloads = hangUps.ServeAsync(server, manager, end.Token);
            var inputEnded = server.InputEnded;
            if (await Task.WhenAny(Cancelled(end.Token), inputEnded) == inputEnded)
            {
                HostingLog.Stopping(log, "the end of input");
                await end.CancelAsync();
            }

            await manager.StoppingAsync(server.StopAsync);
            await watch;
            await reloads;
        }

        return ExitCodes.Ok;

        // What the command line says of goproc stands above every file.
        CheckedConfiguration Check() => ConfigurationCheck.Run(sources, BuiltInDrivers) is var read && options.Goproc is { } goproc && read.Configuration is { } configuration
            ? read with { Configuration = configuration with { Goproc = goproc } }
            : read;

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            HostingLog.Stopping(log, context.Signal.ToString());
            end.Cancel();
        }

        // Must not end the server, whoever sends it and when.
        void OnHangUp(PosixSignalContext context)
        {
            context.Cancel = true;
            hangUps.Came();
        }
    }

    private static Task Cancelled(CancellationToken token)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(() => source.TrySetResult());
        return source.Task;
    }
}
