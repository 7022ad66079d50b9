using System.Text;
using Microsoft.AspNetCore.Http;

namespace Overseer.Server.Http;

/// <summary>Short answers.</summary>
internal static class HttpAnswers
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>Answers with one line of text.</summary>
    public static Task TextAsync(this HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.ContentLength = System.Text.Encoding.UTF8.GetByteCount(text);
        http.Response.ContentLength = Encoding.UTF8.GetByteCount(text);
        return http.Response.WriteAsync(text);
    }

    /// <summary>Answers that there is no room, and ends the connection.</summary>
    public static Task BusyAsync(this HttpContext http, string text)
    {
        http.Response.Headers.Connection = "close";
        return http.TextAsync(StatusCodes.Status503ServiceUnavailable, text);
    }

    /// <summary>
    /// Writes a body piece by piece, and drops the connection when a piece is not taken in time. The framework's own bound allows for the size of the whole: hours for some megabytes.
    /// </summary>
    public static async Task WriteBodyAsync(this HttpContext http, ReadOnlyMemory<byte> body, TimeSpan patience, TimeProvider clock)
    {
        for (var rest = body; !rest.IsEmpty; rest = rest[Math.Min(PieceBytes, rest.Length)..])
        {
            var writing = http.Response.Body.WriteAsync(rest[..Math.Min(PieceBytes, rest.Length)], http.RequestAborted);
            if (writing.IsCompletedSuccessfully)
            {
                continue;
            }

            try
            {
                await writing.AsTask().WaitAsync(patience, clock);
            }
            catch (TimeoutException)
            {
                http.Abort();
                return;
            }
        }
    }
}
