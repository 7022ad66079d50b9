using Microsoft.AspNetCore.Http;
using Overseer.Server.Trust;

namespace Overseer.Server.Http;

/// <summary>What pages of <c>allowed_origins</c> need to read our documents (the Fetch standard, 3.2). Nobody else gets any of it.</summary>
internal static class CrossOrigin
{
    private const string MaxAgeSeconds = "600";

    /// <summary>Adds what lets a page read the answer. True when it is one of those that may.</summary>
    public static bool Mark(HttpContext http, OriginPolicy origins)
    {
        http.Response.Headers.Vary = "Origin";
        if (!origins.IsAllowed(http.Request.Headers.Origin))
        {
            return false;
        }

        http.Response.Headers.AccessControlAllowOrigin = http.Request.Headers.Origin;
        return true;
    }

    /// <summary>Answers a page that may read and only asks whether it may send a request; false when it does more.</summary>
    public static bool Answer(HttpContext http)
    {
        if (!HttpMethods.IsOptions(http.Request.Method) || http.Request.Headers.AccessControlRequestMethod.Count == 0)
        {
            return false;
        }

        var response = http.Response.Headers;
        response.AccessControlAllowMethods = "GET, HEAD";
        response.AccessControlAllowHeaders = "Authorization";
        response.AccessControlMaxAge = MaxAgeSeconds;
        // A page from the Internet that may read a server in a private network: Chromium asks for this too.
        if (http.Request.Headers.ContainsKey("Access-Control-Request-Private-Network"))
        {
            response["Access-Control-Allow-Private-Network"] = "true";
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
