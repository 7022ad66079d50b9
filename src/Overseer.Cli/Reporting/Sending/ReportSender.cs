using System.Buffers;
using Overseer.Cli.Reporting.Spooling;
using Overseer.Client;

namespace Overseer.Cli.Reporting.Sending;

/// <summary>Brings a report to the hub, however often it goes away: first what earlier reporters have left, then its own.</summary>
internal sealed class ReportSender : IDisposable
{
    private const int MostComplaints = 32;

    private readonly SenderOptions _options;
    private readonly ReportText _text;
    private readonly Queue<Spool> _earlier;
    private readonly Spool _own;
    private readonly Action<string> _complain;
    private readonly Wake _wake = new();
    private readonly HashSet<string> _complaints = new(StringComparer.Ordinal);
    private readonly long _begin;
    private volatile bool _finished;

    /// <summary>Makes a sender.</summary>
    /// <param name="options">Where to, and the times.</param>
    /// <param name="text">Writes messages.</param>
    /// <param name="earlier">What earlier reporters have left.</param>
    /// <param name="own">What is reported now.</param>
    /// <param name="complain">Is told what does not work, each thing once.</param>
    internal ReportSender(SenderOptions options, ReportText text, IEnumerable<Spool> earlier, Spool own, Action<string> complain)
    {
        _options = options;
        _text = text;
        _earlier = new Queue<Spool>(earlier);
        _own = own;
        _complain = complain;
        _begin = options.Client.Clock.GetTimestamp();
    }

    /// <summary>What somebody wants the command to do.</summary>
    internal Action<string> Commanded { get; set; } = _ => { };

    /// <summary>There is something new in the spool.</summary>
    internal void Notify() => _wake.Set();

    /// <summary>Nothing more will come: once everything has arrived, the sender is done.</summary>
    internal void Finish()
    {
        _finished = true;
        _wake.Set();
    }

    /// <summary>Sends until it is finished and everything has arrived.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before.</exception>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        TimeSpan pause = _options.Client.FirstPause;
        int tooLarge = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Next(_earlier.TryPeek(out Spool? earlier) ? earlier : _own) is not { } spool)
                return;
            if (await OpenAsync(cancellation) is { } stream)
            {
                var link = new HubLink(_options, _text, () => _options.Client.Clock.GetElapsedTime(_begin), _wake, spool)
                {
                    TooLarge = tooLarge,
                    Hurries = () => _finished,
                    Commanded = command => Commanded(command),
                    Refused = (code, text) => ComplainOnce(code, $"the hub answered {(code.Length == 0 ? "with an error" : code)}: {text}"),
                    LineLost = CountLost,
                };
                await link.RunAsync(stream, Next, cancellation);
                tooLarge = link.TooLarge;
                if (link.HasProgressed && link.Dismissal is null)
                {
                    pause = _options.Client.FirstPause;
                    lock (_complaints)
                        _complaints.Clear();
                }
            }
            if (Next(_earlier.TryPeek(out earlier) ? earlier : _own) is null)
                return;
            await Task.Delay(pause * (1 + (_options.Random.NextDouble() / 2)), _options.Client.Clock, cancellation);
            pause = pause * 2 < _options.Client.LongestPause ? pause * 2 : _options.Client.LongestPause;
        }
    }

    public void Dispose() => _wake.Dispose();

    /// <summary>What to send now; null when all is done. What has arrived whole is removed.</summary>
    private Spool? Next(Spool sent)
    {
        if (sent != _own)
        {
            if (!sent.IsDrained)
                return sent;
            _earlier.Dequeue().Delete();
            return _earlier.TryPeek(out Spool? next) ? next : _own;
        }
        return _finished && _own.IsDrained ? null : _own;
    }

    private async Task<Stream?> OpenAsync(CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(_options.Client.ConnectTimeout, _options.Client.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await WebSocketHandshake.OpenStreamAsync(_options.Hub, _options.Client, null, either.Token);
        }
        catch (OverseerUnreachableException failure)
        {
            ComplainOnce("unreachable", $"{failure.Message}; what is reported is kept meanwhile");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            ComplainOnce("unreachable", $"{_options.Hub} did not answer within {_options.Client.ConnectTimeout.TotalSeconds:0.###} s; what is reported is kept meanwhile");
        }
        return null;
    }

    private void CountLost()
    {
        var message = new ArrayBufferWriter<byte>(256);
        _text.TooLarge(message, 0);
        _own.Add(RecordKind.Line, message.WrittenSpan);
        _own.Commit();
        _wake.Set();
    }

    private void ComplainOnce(string about, string text)
    {
        lock (_complaints)
        {
            if (_complaints.Count >= MostComplaints || !_complaints.Add(about))
                return;
        }
        _complain(text);
    }
}
