using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Overseer.Protocols.Grpc.Http2;

namespace Overseer.Protocols.Grpc;

/// <summary>The answer to a call while its frames come in.</summary>
internal sealed class GrpcAnswer
{
    private readonly List<byte> _block = [];
    private readonly ArrayBufferWriter<byte> _body = new();
    private string? _httpStatus;
    private string? _contentType;
    private string? _code;
    private string _message = "";
    private GrpcStatus? _broken;
    private bool _lastBlock;

    /// <summary>How many bytes of the request the peer takes on this stream.</summary>
    public long SendWindow { get; set; }

    /// <summary>Whether nothing more comes.</summary>
    public bool Ended { get; private set; }

    /// <summary>Takes a frame of this stream.</summary>
    /// <exception cref="FormatException">It is wrong in itself.</exception>
    public void Take(in Http2Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Data:
                _body.Write(frame.Content);
                Ended = frame.Has(FrameFlags.EndStream);
                break;
            case FrameKind.Headers or FrameKind.Continuation:
                _lastBlock |= frame.Kind == FrameKind.Headers && frame.Has(FrameFlags.EndStream);
                _block.AddRange(frame.Kind == FrameKind.Headers ? frame.Content : frame.Payload);
                if (frame.Has(FrameFlags.EndHeaders))
                    EndBlock();
                break;
            default: // RST_STREAM
                uint error = frame.Payload.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(frame.Payload) : 0;
                _broken = new GrpcStatus(ForReset(error), $"stream terminated by RST_STREAM with error code: {error}");
                Ended = true;
                break;
        }
    }

    /// <summary>What the frames amount to.</summary>
    public GrpcReply ToReply()
    {
        // A peer that does not want the rest of the request says so with a reset after its answer.
        if (_code is not null && int.TryParse(_code, NumberStyles.None, CultureInfo.InvariantCulture, out int code))
        {
            var known = code is >= 0 and <= (int)GrpcCode.Unauthenticated ? (GrpcCode)code : GrpcCode.Unknown;
            return known == GrpcCode.OK ? Message() : new GrpcReply(new GrpcStatus(known, _message), []);
        }
        return new GrpcReply(_broken ?? ByHttp(), []);
    }

    private static GrpcCode ForReset(uint error) => error switch
    {
        7 => GrpcCode.Unavailable, // refused before anything was done
        8 => GrpcCode.Canceled,
        11 => GrpcCode.ResourceExhausted,
        _ => GrpcCode.Internal,
    };

    private void EndBlock()
    {
        foreach (var field in HeaderReader.Read([.. _block]))
        {
            switch (field.Name)
            {
                case ":status":
                    _httpStatus = Encoding.ASCII.GetString(field.Value);
                    break;
                case "content-type":
                    _contentType = Encoding.ASCII.GetString(field.Value);
                    break;
                case "grpc-status":
                    _code = Encoding.ASCII.GetString(field.Value);
                    break;
                case "grpc-message":
                    _message = GrpcMessageText.Decode(field.Value);
                    break;
                default:
                    break;
            }
        }
        _block.Clear();
        Ended = _lastBlock;
    }

    private GrpcReply Message()
    {
        var body = _body.WrittenSpan;
        if (body.Length < GrpcFrame.PrefixBytes)
            return Internal("the answer has no message");
        (byte compressed, uint length) = GrpcFrame.ReadPrefix(body);
        if (compressed != 0)
            return Internal("the answer is compressed, which was not asked for");
        return length == body.Length - GrpcFrame.PrefixBytes ? new GrpcReply(GrpcStatus.Ok, body[GrpcFrame.PrefixBytes..].ToArray()) : Internal("the answer is not one message");
    }

    private static GrpcReply Internal(string message) => new(new GrpcStatus(GrpcCode.Internal, message), []);

    /// <summary>What an answer means that is none of gRPC ("HTTP to gRPC status code mapping").</summary>
    private GrpcStatus ByHttp() => _httpStatus switch
    {
        "200" => new GrpcStatus(GrpcCode.Unknown, $"the answer has no grpc-status (content-type {_contentType ?? "none"})"),
        "400" => new GrpcStatus(GrpcCode.Internal, "unexpected HTTP status 400"),
        "401" => new GrpcStatus(GrpcCode.Unauthenticated, "unexpected HTTP status 401"),
        "403" => new GrpcStatus(GrpcCode.PermissionDenied, "unexpected HTTP status 403"),
        "404" => new GrpcStatus(GrpcCode.Unimplemented, "unexpected HTTP status 404"),
        "429" or "502" or "503" or "504" => new GrpcStatus(GrpcCode.Unavailable, "unexpected HTTP status " + _httpStatus),
        _ => new GrpcStatus(GrpcCode.Unknown, "unexpected HTTP status " + _httpStatus),
    };
}
