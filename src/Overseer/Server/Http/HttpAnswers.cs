using System.Text;
using Microsoft.AspNetCore.Http;

namespace Overseer.Server.Http;

/// <summary>Short answers.</summary>
internal static class HttpAnswers
{
    /// <summary>Answers with one line of text.</summary>
    public static Task TextAsync(this HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.ContentLength = Encoding.UTF8.GetByteCount(text);
        return http.Response.WriteAsync(text);
    }

    /// <summary>Answers that there is no room, and ends the connection.</summary>
    public static Task BusyAsync(this HttpContext http, string text)
    {
        http.Response.Headers.Connection = "close";
        return http.TextAsync(StatusCodes.Status503ServiceUnavailable, text);
    }
}
