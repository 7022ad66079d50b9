using Overseer.Protocols.Goproc;
using Overseer.Protocols.Grpc;

namespace Overseer.Cli.Goproc.Commands;

/// <summary>Asks for entries, and prints them.</summary>
internal static class Listing
{
    /// <summary>The entries that match, by id.</summary>
    /// <exception cref="GoprocFailure">The daemon did not tell.</exception>
    internal static IReadOnlyList<Proc> List(this GoprocSession session, ListRequest request, TimeSpan timeout)
    {
        try
        {
            return session.Call("List", request, ListResponse.Parser, timeout).Procs;
        }
        catch (GrpcException failure)
        {
            throw new GoprocFailure("daemon list RPC failed: " + failure.Message);
        }
    }

    /// <summary>A line each, or a line that says that there is none; in JSON an array in either case.</summary>
    internal static void Print(IReadOnlyList<Proc> procs, bool json, string none, GoprocContext context)
    {
        if (json)
        {
            ProcJson.WriteArray(context.Console.Out, procs.Select(proc => (proc, (string?)null)));
            return;
        }
        foreach (Proc proc in procs)
            context.Console.Out.WriteLine(ProcText.Line(proc));
        if (procs.Count == 0)
            context.Console.Out.WriteLine(none);
        context.Console.Out.Flush();
    }
}
