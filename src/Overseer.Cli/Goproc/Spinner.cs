using Overseer.Cli.Console;

namespace Overseer.Cli.Goproc;

/// <summary>Shows a person at a terminal that the daemon runs; the cursor is hidden meanwhile.</summary>
internal sealed class Spinner(CliConsole console) : IDisposable
{
    private const string Frames = "⠁⠂⠄⡀⢀⠠⠐⠈";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private ITimer? _timer;
    private int _frame;
    private bool _ended;

    internal void Start()
    {
        console.Out.Write("\e[?25l");
        _timer = console.Clock.CreateTimer(_ => Turn(), null, TimeSpan.Zero, Interval);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_timer is null || _ended)
                return;
            _ended = true;
            _timer.Dispose();
            Write("\r\e[K\e[?25h");
        }
    }

    private void Turn()
    {
        lock (_gate)
        {
            if (!_ended)
                Write($"\r{Frames[_frame++ % Frames.Length]} Running...");
        }
    }

    private void Write(string text)
    {
        try
        {
            console.Out.Write(text);
            console.Out.Flush();
        }
        catch (BrokenPipeException)
        {
            _ended = true; // the terminal is gone
        }
    }
}
