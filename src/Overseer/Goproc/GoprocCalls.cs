using Overseer.Goproc.Grpc;
using Overseer.Processes;
using Overseer.Protocols.Goproc;
using Overseer.Protocols.Grpc;
using Overseer.Protocols.V2;
using Overseer.Registry;

namespace Overseer.Goproc;

/// <summary>The calls of goproc's protocol (PROTOCOLS.md, "goproc"), with its statuses to the letter: its command line prints them.</summary>
internal sealed class GoprocCalls(ProcessRegistry registry, ProcessAnswers processes, GoprocAudit audit)
{
    /// <summary>The service with its package.</summary>
    public const string ServiceName = "goproc.v1.GoProc";

    private static readonly Task<GrpcResult> Pong = Task.FromResult<GrpcResult>(new GrpcResult.Answer(new PingResponse { Ok = "pong" }));

    /// <summary>The service.</summary>
    public GrpcService Service => new(ServiceName, new Dictionary<string, GrpcMethod>(StringComparer.Ordinal)
    {
        ["Ping"] = GrpcMethod.Unary(PingRequest.Parser, (_, _) => Pong),
        ["Add"] = GrpcMethod.Unary(AddRequest.Parser, audit.Of<AddRequest>("adopt", AddAsync)),
        ["List"] = GrpcMethod.Unary(ListRequest.Parser, (request, _) => ListAsync(request)),
        ["Kill"] = GrpcMethod.Unary(KillRequest.Parser, audit.Of<KillRequest>("kill", KillAsync)),
        ["Rm"] = GrpcMethod.Unary(RmRequest.Parser, audit.Of<RmRequest>("forget", RemoveAsync)),
        ["RenameTag"] = GrpcMethod.Unary(RenameRequest.Parser, audit.Of<RenameRequest>("rename_tag", (request, cancellation) => RenameAsync(request, registry.RenameTagAsync, cancellation))),
        ["RenameGroup"] = GrpcMethod.Unary(RenameRequest.Parser, audit.Of<RenameRequest>("rename_group", (request, cancellation) => RenameAsync(request, registry.RenameGroupAsync, cancellation))),
        ["Reset"] = GrpcMethod.Unary(ResetRequest.Parser, audit.Of<ResetRequest>("reset_registry", ResetAsync)),
    });

    private static GrpcResult.Refusal Refuse(GrpcCode code, string message) => new(code, message);

    private async Task<GrpcResult> AddAsync(AddRequest request, CancellationToken cancellation)
    {
        var outcome = await registry.AddAsync(request.Pid, request.Name, request.Tags, request.Groups, request.Cmd, cancellation);
        return outcome switch
        {
            AddOutcome.Added added => new GrpcResult.Answer(new AddResponse { Id = (ulong)added.Entry.Number }),
            AddOutcome.InvalidPid => Refuse(GrpcCode.InvalidArgument, "pid must be positive"),
            AddOutcome.NoSuchProcess none => Refuse(GrpcCode.NotFound, $"pid {request.Pid} not found or no permission: {none.Reason}"),
            AddOutcome.AlreadyRegistered known => Refuse(GrpcCode.AlreadyExists, $"pid {request.Pid} already registered as id {known.Entry.Number}"),
            AddOutcome.Refused refused => Refuse(GrpcCode.Internal, $"add failed: {refused.Message}"),
            _ => throw new InvalidOperationException($"no status for {outcome}"),
        };
    }

    private async Task<GrpcResult> ListAsync(ListRequest request)
    {
        var entries = await registry.ListAsync(ProcMessages.FilterOf(request));
        var uses = request.WithUse ? UsesOf(entries) : [];
        var response = new ListResponse();
        response.Procs.AddRange(entries.Select(entry => ProcMessages.Of(entry, uses.GetValueOrDefault(entry.Number))));
        return new GrpcResult.Answer(response);
    }

    private Dictionary<long, ProcessInfo> UsesOf(IReadOnlyList<RegistryEntry> entries)
    {
        var wanted = entries.Where(entry => entry.IsAlive).ToDictionary(entry => entry.Number, entry => entry.Pid);
        return processes.Of(task => wanted.TryGetValue(task.Number, out var pid) && pid == task.CurrentPid).ToDictionary(found => found.Number);
    }

    private async Task<GrpcResult> KillAsync(KillRequest request, CancellationToken cancellation)
    {
        if (request.TargetCase == KillRequest.TargetOneofCase.None)
        {
            return Refuse(GrpcCode.InvalidArgument, "target is required");
        }

        var byPid = request.TargetCase == KillRequest.TargetOneofCase.Pid;
        var outcome = byPid
            ? await registry.KillPidAsync(request.Pid, cancellation)
            : request.Id <= long.MaxValue ? await registry.KillAsync((long)request.Id, cancellation) : new KillOutcome.NotFound();
        return outcome switch
        {
            KillOutcome.Killed => new GrpcResult.Answer(new KillResponse()),
            KillOutcome.InvalidPid => Refuse(GrpcCode.InvalidArgument, "pid must be positive"),
            KillOutcome.NotFound => Refuse(GrpcCode.NotFound, byPid ? $"pid {request.Pid} is not registered" : "id not found"),
            KillOutcome.Failed failed => Refuse(GrpcCode.Internal, $"kill failed: {failed.Reason}"),
            KillOutcome.Survived survived => Refuse(GrpcCode.Internal, $"kill failed: still alive after SIGKILL: {string.Join(", ", survived.Pids)}"),
            _ => throw new InvalidOperationException($"no status for {outcome}"),
        };
    }

    private async Task<GrpcResult> RemoveAsync(RmRequest request, CancellationToken cancellation)
    {
        if (request.Id == 0)
        {
            return Refuse(GrpcCode.InvalidArgument, "id must be provided");
        }

        var outcome = request.Id <= long.MaxValue ? await registry.RemoveAsync((long)request.Id, cancellation) : new RemoveOutcome.NotFound();
        return outcome switch
        {
            RemoveOutcome.Removed => new GrpcResult.Answer(new RmResponse()),
            RemoveOutcome.NotFound => Refuse(GrpcCode.NotFound, "id not found"),
            RemoveOutcome.Refused refused => Refuse(GrpcCode.FailedPrecondition, refused.Message),
            _ => throw new InvalidOperationException($"no status for {outcome}"),
        };
    }

    private static async Task<GrpcResult> RenameAsync(RenameRequest request, Func<string, string, CancellationToken, Task<int>> rename, CancellationToken cancellation)
    {
        var (from, to) = (request.From.Trim(), request.To.Trim());
        if (from.Length == 0 || to.Length == 0)
        {
            return Refuse(GrpcCode.InvalidArgument, "from and to must be provided");
        }

        try
        {
            var updated = from == to ? 0 : await rename(from, to, cancellation);
            return new GrpcResult.Answer(new RenameResponse { Updated = (uint)updated });
        }
        catch (ArgumentException e)
        {
            return Refuse(GrpcCode.InvalidArgument, e.Message);
        }
    }

    private async Task<GrpcResult> ResetAsync(ResetRequest request, CancellationToken cancellation)
    {
        await registry.ResetAsync(cancellation);
        return new GrpcResult.Answer(new ResetResponse());
    }
}
