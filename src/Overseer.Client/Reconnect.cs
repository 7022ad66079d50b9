namespace Overseer.Client;

/// <summary>Opens connections, with pauses that grow when it has to try again.</summary>
internal sealed class Reconnect(OverseerEndpoint endpoint, OverseerClientOptions options)
{
    private readonly Random _random = options.Random ?? new Random();

    /// <summary>One attempt, within the time for connecting.</summary>
    internal static async Task<Connection> OpenAsync(OverseerEndpoint endpoint, OverseerClientOptions options, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return new Connection(await WebSocketHandshake.OpenAsync(endpoint, options, either.Token), options.MaxMessageBytes);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new OverseerUnreachableException(endpoint, $"{endpoint} did not answer within {options.ConnectTimeout.TotalSeconds:0.###} s", false);
        }
    }

    /// <summary>Tries until it succeeds or the time for it is over.</summary>
    /// <exception cref="OverseerUnreachableException">The time is over; the message says why the connection was lost and why it cannot be made again.</exception>
    internal async Task<Connection> RunAsync(string reason, CancellationToken cancellation)
    {
        long begin = options.Clock.GetTimestamp();
        TimeSpan pause = options.FirstPause;
        while (true)
        {
            OverseerUnreachableException failure;
            try
            {
                if (options.ReconnectFor > TimeSpan.Zero)
                    return await OpenAsync(endpoint, options, cancellation);
                failure = new OverseerUnreachableException(endpoint, reason, false);
            }
            catch (OverseerUnreachableException one) when (!one.IsFinal)
            {
                failure = one;
            }
            TimeSpan next = pause * (1 + (_random.NextDouble() / 2));
            if (options.Clock.GetElapsedTime(begin) + next > options.ReconnectFor)
                throw options.ReconnectFor > TimeSpan.Zero
                    ? new OverseerUnreachableException(endpoint, $"{reason}, and then {failure.Message}", failure.NobodyListens, failure)
                    : failure;
            await Task.Delay(next, options.Clock, cancellation);
            pause = pause * 2 < options.LongestPause ? pause * 2 : options.LongestPause;
        }
    }
}
