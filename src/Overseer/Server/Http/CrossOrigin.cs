using Microsoft.AspNetCore.Http;
using Overseer.Server.Trust;

namespace Overseer.Server.Http;

/// <summary>What pages of <c>allowed_origins</c> need to read our documents (the Fetch standard, 3.2). Nobody else gets any of it.</summary>
internal static class CrossOrigin
{
    private const string MaxAgeSeconds = "600";

    /// <summary>Adds the headers. True when that answers the request: it only asked whether another one may be made.</summary>
    public static bool Answer(HttpContext http, OriginPolicy origins)
    {
        var response = http.Response.Headers;
        response.Vary = "Origin";
        if (!origins.IsAllowed(http.Request.Headers.Origin))
        {
            return false;
        }

        response.AccessControlAllowOrigin = http.Request.Headers.Origin;
        if (!HttpMethods.IsOptions(http.Request.Method) || http.Request.Headers.AccessControlRequestMethod.Count == 0)
        {
            return false;
        }

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
