using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Overseer.Protocols.Grpc;

namespace Overseer.Goproc.Grpc;

/// <summary>One request over HTTP/2 from its headers to its trailers (gRPC over HTTP2). Whatever comes, the answer is a status; only a stream that the client reset gets none.</summary>
internal sealed class GrpcCall(GrpcService service, GrpcServerOptions options, IFeatureCollection features, TimeProvider clock, ILogger log)
{
    private const string ContentType = "application/grpc";

    private readonly IHttpRequestFeature _request = features.GetRequiredFeature<IHttpRequestFeature>();
    private readonly IHttpResponseFeature _response = features.GetRequiredFeature<IHttpResponseFeature>();
    private readonly IHttpResponseBodyFeature _body = features.GetRequiredFeature<IHttpResponseBodyFeature>();
    private readonly CancellationToken _aborted = features.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted;

    /// <summary>Answers it.</summary>
    public async Task RunAsync()
    {
        if (!HttpMethods.IsPost(_request.Method))
        {
            _response.Headers.Allow = HttpMethods.Post;
            await RefuseAsync(StatusCodes.Status405MethodNotAllowed, new GrpcStatus(GrpcCode.Internal, $"a call is a POST, not a {_request.Method}"));
            return;
        }

        if (!IsGrpc(_request.Headers.ContentType.ToString()))
        {
            await RefuseAsync(StatusCodes.Status415UnsupportedMediaType, new GrpcStatus(GrpcCode.Internal, $"the content-type \"{_request.Headers.ContentType}\" is not {ContentType}"));
            return;
        }

        _response.Headers.ContentType = ContentType;
        if (await ResultAsync() is not { } result)
        {
            return;
        }

        var status = GrpcStatus.Ok;
        if (result is GrpcResult.Answer answer)
        {
            Write(answer.Message);
        }
        else
        {
            status = ((GrpcResult.Refusal)result).Status;
        }

        await EndAsync(status);
    }

    // "application/grpc", with a suffix that says how messages are written, with parameters; only protobuf is spoken here.
    private static bool IsGrpc(string contentType)
    {
        var parameters = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = (parameters < 0 ? contentType : contentType[..parameters]).Trim();
        return type.Equals(ContentType, StringComparison.OrdinalIgnoreCase) || type.Equals(ContentType + "+proto", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The result; null when the client is gone.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A method that fails is an answer, and no end of the connection.")]
    private async Task<GrpcResult?> ResultAsync()
    {
        if (service.Find(_request.Path, out var refusal) is not { } method)
        {
            return new GrpcResult.Refusal(refusal);
        }

        var timeout = Timeout.InfiniteTimeSpan;
        if (_request.Headers.TryGetValue("grpc-timeout", out var told) && !GrpcTimeout.TryParse(told.ToString(), out timeout))
        {
            return new GrpcResult.Refusal(GrpcCode.Internal, $"malformed grpc-timeout: \"{told}\" is not up to eight digits and one of H M S m u n");
        }

        if (_request.Headers.TryGetValue("grpc-encoding", out var encoding) && encoding != "identity")
        {
            _response.Headers["grpc-accept-encoding"] = "identity";
            return new GrpcResult.Refusal(GrpcCode.Unimplemented, $"grpc: Decompressor is not installed for grpc-encoding \"{encoding}\"");
        }

        using var deadline = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _aborted);
        try
        {
            var reader = features.GetRequiredFeature<IRequestBodyPipeFeature>().Reader;
            var (message, wrong) = await GrpcRequestReader.ReadAsync(reader, options.MaxMessageBytes, either.Token);
            var result = wrong is null ? await method.InvokeAsync(message, either.Token) : new GrpcResult.Refusal(wrong);
            // Nobody waits for it any more; whatever it was.
            return deadline.IsCancellationRequested ? new GrpcResult.Refusal(GrpcStatus.DeadlineExceeded) : result;
        }
        catch (Exception e) when (_aborted.IsCancellationRequested || e is ConnectionAbortedException or ConnectionResetException)
        {
            return null;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return new GrpcResult.Refusal(GrpcStatus.DeadlineExceeded);
        }
        catch (BadHttpRequestException e)
        {
            return new GrpcResult.Refusal(GrpcCode.Internal, e.Message);
        }
        catch (IOException e)
        {
            GrpcLog.Failed(log, _request.Path, e);
            return new GrpcResult.Refusal(GrpcCode.Unavailable, e.Message);
        }
        catch (Exception e)
        {
            GrpcLog.Failed(log, _request.Path, e);
            return new GrpcResult.Refusal(GrpcCode.Internal, $"{e.GetType().Name}: {e.Message}");
        }
    }

    private void Write(IMessage message)
    {
        var length = message.CalculateSize();
        GrpcFrame.WritePrefix(_body.Writer.GetSpan(GrpcFrame.PrefixBytes), length);
        _body.Writer.Advance(GrpcFrame.PrefixBytes);
        message.WriteTo(_body.Writer);
    }

    /// <summary>An answer to what is no gRPC: an HTTP status, and the same in gRPC's words.</summary>
    private Task RefuseAsync(int httpStatus, GrpcStatus status)
    {
        _response.StatusCode = httpStatus;
        return EndAsync(status);
    }

    private async Task EndAsync(GrpcStatus status)
    {
        var trailers = features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        trailers["grpc-status"] = ((int)status.Code).ToString(CultureInfo.InvariantCulture);
        if (status.Message.Length > 0)
        {
            trailers["grpc-message"] = GrpcMessageText.Encode(status.Message);
        }

        await _body.CompleteAsync();
    }
}
