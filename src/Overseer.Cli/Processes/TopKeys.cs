using System.Threading.Channels;

namespace Overseer.Cli.Processes;

/// <summary>The keys that a person presses, as they come; none when standard input is no terminal.</summary>
internal static class TopKeys
{
    /// <summary>Reads them on a thread of its own, which ends with the process: a read of the terminal cannot be taken back.</summary>
    internal static ChannelReader<ConsoleKeyInfo> OfTerminal()
    {
        var keys = Channel.CreateBounded<ConsoleKeyInfo>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });
        if (System.Console.IsInputRedirected)
        {
            keys.Writer.Complete();
            return keys.Reader;
        }
        new Thread(() =>
        {
            try
            {
                while (true)
                    keys.Writer.TryWrite(System.Console.ReadKey(intercept: true));
            }
            catch (InvalidOperationException)
            {
                keys.Writer.Complete(); // the terminal is gone
            }
        })
        { IsBackground = true, Name = "keys" }.Start();
        return keys.Reader;
    }
}
