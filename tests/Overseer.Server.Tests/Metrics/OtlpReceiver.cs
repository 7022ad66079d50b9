using System.Buffers.Binary;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Metrics;

/// <summary>A collector to which metrics are sent, by HTTP with protobuf or by gRPC.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const int GrpcPrefix = 5;
    private readonly Channel<OtlpExported> _received = Channel.CreateUnbounded<OtlpExported>();
    private readonly WebApplication _web;

    private OtlpReceiver(bool grpc)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        _web = builder.Build();
        _web.Run(http => ReceiveAsync(http, grpc));
    }

    public string Address => _web.Urls.Single();

    public static async Task<OtlpReceiver> StartAsync(bool grpc)
    {
        var receiver = new OtlpReceiver(grpc);
        await receiver._web.StartAsync();
        return receiver;
    }

    /// <summary>The next export that fits.</summary>
    public async Task<OtlpExported> NextAsync(Func<OtlpExported, bool> fits)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        await foreach (var exported in _received.Reader.ReadAllAsync(deadline.Token))
        {
            if (fits(exported))
            {
                return exported;
            }
        }

        throw new InvalidOperationException("the receiver has ended");
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http, bool grpc)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var bytes = body.ToArray().AsMemory();
        if (grpc)
        {
            Assert.Equal(bytes.Length - GrpcPrefix, BinaryPrimitives.ReadInt32BigEndian(bytes.Span[1..]));
            bytes = bytes[GrpcPrefix..];
        }

        var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        await _received.Writer.WriteAsync(new OtlpExported(http.Request.Path.Value!, headers, Values(bytes, out var resource), resource));
        if (grpc)
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(new byte[GrpcPrefix]);
            http.Response.AppendTrailer("grpc-status", "0");
        }
    }

    // The numbers of the fields are those of opentelemetry/proto/metrics/v1/metrics.proto.
    private static Dictionary<string, double> Values(ReadOnlyMemory<byte> request, out Dictionary<string, string> resource)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        var resourceMetrics = new ProtobufFields(request).Messages(1).Single();
        resource = Attributes(resourceMetrics.Messages(1).Single(), 1);
        foreach (var metric in resourceMetrics.Messages(2).SelectMany(scope => scope.Messages(2)))
        {
            var name = metric.Text(1);
            foreach (var point in ((int[])[5, 7]).SelectMany(kind => metric.Messages(kind)).SelectMany(data => data.Messages(1)))
            {
                values[name + Labels(Attributes(point, 7))] = point.Number(6) is { } whole ? (long)whole : BitConverter.UInt64BitsToDouble(point.Number(4)!.Value);
            }

            foreach (var point in metric.Messages(9).SelectMany(data => data.Messages(1)))
            {
                values[name + ".count" + Labels(Attributes(point, 9))] = point.Number(4)!.Value;
            }
        }

        return values;
    }

    private static Dictionary<string, string> Attributes(ProtobufFields message, int field) => message.Messages(field).ToDictionary(
        pair => pair.Text(1),
        pair => pair.Messages(2).Single() is var value && value.Number(3) is { } number ? number.ToString(CultureInfo.InvariantCulture) : value.Text(1),
        StringComparer.Ordinal);

    private static string Labels(Dictionary<string, string> attributes) =>
        attributes.Count == 0 ? "" : "{" + string.Join(',', attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")) + "}";
}
