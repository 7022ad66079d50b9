using Overseer.Protocols.Grpc;

namespace Overseer.Goproc.Grpc;

/// <summary>The methods of one service, by name.</summary>
/// <param name="Name">With its package: <c>package.Service</c>.</param>
/// <param name="Methods">Unary all.</param>
internal sealed record GrpcService(string Name, IReadOnlyDictionary<string, GrpcMethod> Methods)
{
    /// <summary>The method of a request's path.</summary>
    /// <param name="path"><c>/package.Service/Method</c>.</param>
    /// <param name="refusal">Why there is none, in the words of Go's library.</param>
    public GrpcMethod? Find(string path, out GrpcStatus refusal)
    {
        refusal = GrpcStatus.Ok;
        var slash = path.LastIndexOf('/');
        if (slash < 1 || path[0] != '/')
        {
            refusal = new GrpcStatus(GrpcCode.Unimplemented, $"malformed method name: \"{path}\"");
            return null;
        }

        var (service, method) = (path[1..slash], path[(slash + 1)..]);
        if (service == Name && Methods.TryGetValue(method, out var found))
        {
            return found;
        }

        refusal = new GrpcStatus(GrpcCode.Unimplemented, service == Name ? $"unknown method {method} for service {service}" : $"unknown service {service}");
        return null;
    }
}
