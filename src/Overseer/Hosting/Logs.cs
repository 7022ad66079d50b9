using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Overseer.Hosting;

/// <summary>The log of a server: text on a terminal, JSON lines otherwise, always on standard error.</summary>
internal static class Logs
{
    /// <summary>Makes the log of `overseer serve`.</summary>
    public static ILoggerFactory Create(ServeOptions options) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(options.LogLevel ?? LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // It logs why it could not start, with a stack; we say it in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (Console.IsErrorRedirected)
        {
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.ffffffZ";
            });
        }
        else
        {
            logging.AddSimpleConsole(text =>
            {
                text.SingleLine = true;
                text.TimestampFormat = "HH:mm:ss.fff ";
            });
        }
    });
}
