using System.Globalization;
using Google.Protobuf;
using Overseer.Configuration;
using Overseer.Goproc.Grpc;
using Overseer.Protocols.Goproc;
using Overseer.Server.Audit;
using Overseer.Server.Trust;

namespace Overseer.Goproc;

/// <summary>Has a line in the audit log for each call that changes something. Nobody but the server's own user can make one.</summary>
internal sealed class GoprocAudit(AuditLog log)
{
    private static readonly Caller Owner = new()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"uid {CurrentUser.Id} (goproc socket)"),
        Uid = CurrentUser.Id,
        IsOwner = true,
        Grant = Grant.Everything,
    };

    /// <summary>The handler with its line.</summary>
    public Func<T, CancellationToken, Task<GrpcResult>> Of<T>(string what, Func<T, CancellationToken, Task<GrpcResult>> handler)
        where T : IMessage => async (request, cancellation) =>
        {
            var result = await handler(request, cancellation);
            var audited = new AuditedRequest(what, AuditText.Safe(TargetOf(request)), "");
            if (result is GrpcResult.Refusal refusal)
            {
                log.Refused(Owner, 0, audited, refusal.Status.Message);
            }
            else
            {
                log.Done(Owner, 0, audited, "done");
            }

            return result;
        };

    private static string TargetOf(IMessage request) => request switch
    {
        AddRequest add => Number("pid", add.Pid),
        KillRequest { TargetCase: KillRequest.TargetOneofCase.Pid } kill => Number("pid", kill.Pid),
        KillRequest kill => Number("id", kill.Id),
        RmRequest remove => Number("id", remove.Id),
        RenameRequest rename => $"{rename.From} to {rename.To}",
        _ => "",
    };

    private static string Number(string name, IFormattable number) => $"{name} {number.ToString(null, CultureInfo.InvariantCulture)}";
}
