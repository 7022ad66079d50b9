"""Every call of goproc's protocol over python3-grpcio, with messages that protoc made of the .proto: what a client sees that is not ours.

Prints a line for each call: its name, and the answer or the status. Numbers that differ from run to run are replaced by names.
"""
import subprocess
import sys

import grpc

SOCKET, GENERATED = sys.argv[1:]
sys.path.insert(0, GENERATED)
import goproc_pb2 as pb  # noqa: E402

DEADLINE_SECONDS = 60

channel = grpc.insecure_channel("unix:" + SOCKET)
first, second, ended = (subprocess.Popen(["sleep", "1000"]) for _ in range(3))
names = {first.pid: "FIRST", second.pid: "SECOND", ended.pid: "ENDED"}


def call(method, request, answer, **options):
    stub = channel.unary_unary("/goproc.v1.GoProc/" + method, request_serializer=type(request).SerializeToString, response_deserializer=answer.FromString)
    try:
        return stub(request, timeout=options.pop("timeout", DEADLINE_SECONDS), **options)
    except grpc.RpcError as error:
        return error


def show(method, request, answer, **options):
    result = call(method, request, answer, **options)
    if isinstance(result, grpc.RpcError):
        text = f"{result.code().name}: {result.details()}"
    elif isinstance(result, pb.ListResponse):
        text = "; ".join(f"{p.id} {names[p.pid]} pgid={names.get(p.pgid, 'ours')} name={p.name!r} alive={p.alive} cmd={p.cmd!r} tags={list(p.tags)} groups={list(p.groups)} "
                         f"added={p.added_at_unix > 0} seen={p.last_seen_unix >= p.added_at_unix} started={p.started_at_unix_nano > 0} origin={p.origin}" for p in result.procs)
    else:
        text = str(result).replace("\n", " ").strip()
    for pid, name in names.items():
        text = text.replace(str(pid), name)
    print(f"{method}: {text or 'empty'}", flush=True)
    return result


def lists(**filters):
    return show("List", pb.ListRequest(**filters), pb.ListResponse)


try:
    show("Ping", pb.PingRequest(), pb.PingResponse)
    lists()
    show("Add", pb.AddRequest(pid=first.pid, name=" db.1 ", tags=["b", " a ", "", "b"], groups=["g"]), pb.AddResponse)
    show("Add", pb.AddRequest(pid=second.pid, tags=["b"]), pb.AddResponse)
    show("Add", pb.AddRequest(pid=first.pid), pb.AddResponse)
    show("Add", pb.AddRequest(pid=0), pb.AddResponse)
    show("Add", pb.AddRequest(pid=-7), pb.AddResponse)
    show("Add", pb.AddRequest(pid=ended.pid, name="db.1"), pb.AddResponse)
    show("Add", pb.AddRequest(pid=ended.pid, name="a b"), pb.AddResponse)
    show("Add", pb.AddRequest(pid=ended.pid, name="x" * 65), pb.AddResponse)
    ended.kill()
    ended.wait()
    show("Add", pb.AddRequest(pid=ended.pid), pb.AddResponse)
    lists()
    lists(ids=[2, 99])
    lists(pids=[first.pid])
    lists(names=["db.1", "none"])
    lists(tags_any=["a", "c"])
    lists(tags_all=["a", "b"])
    lists(groups_any=["g"], tags_any=["nothing"])
    lists(groups_all=["g"])
    lists(alive_only=True, text_search=" ep 10 ")
    show("RenameTag", pb.RenameRequest(**{"from": "b", "to": "z"}), pb.RenameResponse)
    show("RenameGroup", pb.RenameRequest(**{"from": "g", "to": "h"}), pb.RenameResponse)
    show("RenameTag", pb.RenameRequest(**{"from": "z", "to": "z"}), pb.RenameResponse)
    show("RenameTag", pb.RenameRequest(**{"from": "none", "to": "some"}), pb.RenameResponse)
    show("RenameTag", pb.RenameRequest(**{"from": " ", "to": "z"}), pb.RenameResponse)
    show("RenameGroup", pb.RenameRequest(**{"from": "g"}), pb.RenameResponse)
    lists(tags_any=["z"])
    show("Kill", pb.KillRequest(), pb.KillResponse)
    show("Kill", pb.KillRequest(id=99), pb.KillResponse)
    show("Kill", pb.KillRequest(pid=ended.pid), pb.KillResponse)
    show("Kill", pb.KillRequest(pid=0), pb.KillResponse)
    show("Kill", pb.KillRequest(id=1), pb.KillResponse)
    print("first ended:", first.wait())
    show("Kill", pb.KillRequest(id=1), pb.KillResponse)
    show("Kill", pb.KillRequest(pid=second.pid), pb.KillResponse)
    print("second ended:", second.wait())
    show("Rm", pb.RmRequest(), pb.RmResponse)
    show("Rm", pb.RmRequest(id=99), pb.RmResponse)
    show("Rm", pb.RmRequest(id=1), pb.RmResponse)
    show("Rm", pb.RmRequest(id=1), pb.RmResponse)
    show("Reset", pb.ResetRequest(), pb.ResetResponse)
    lists()
    show("Nothing", pb.PingRequest(), pb.PingResponse)
    show("Ping", pb.PingRequest(), pb.PingResponse, compression=grpc.Compression.Gzip)
    show("Add", pb.AddRequest(pid=1, name="x" * (1 << 20)), pb.AddResponse)
finally:
    for process in (first, second, ended):
        process.kill()
