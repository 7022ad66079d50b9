"""classic.py PORT: the conversations of clients of v0 and v1, as their programs were written, and all three profiles on the same task at once.

Prints one JSON object a step: what was received, with times, pids and made-up task ids replaced by what they are.
"""
import asyncio
import json
import re
import sys

from client import Client

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
pids = []
tasks = []


def numbered(known, value):
    if value not in known:
        known.append(value)
    return known.index(value) + 1


def shown(value, key=""):
    if isinstance(value, dict):
        return {name: shown(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [shown(inner) for inner in value]
    if key in ("pid", "restart_of", "current_pid") and type(value) is int:
        return f"pid {numbered(pids, value)}"
    if key == "task_id" and UUID.fullmatch(value):
        return f"task {numbered(tasks, value)}"
    return "time" if isinstance(value, str) and TIME.fullmatch(value) else value


def step(name, *got):
    line = json.dumps({"step": name, "got": shown(list(got))}, ensure_ascii=False, separators=(",", ":"))
    print(line.replace('"n-', '"'), flush=True)


async def following(client, kind):
    return await client.take(kind, lambda message: message["type"] == kind)


async def anything(client):
    return await client.take("anything", lambda message: True)


async def until(client, kind):
    """Everything up to a message of a type, in the order in which it came."""
    everything = []
    while not everything or everything[-1]["type"] != kind:
        everything.append(await client.take(kind, lambda message: True))
    return everything


async def v0(port):
    me = await Client.open(port, subprotocols=["overseer.v0"])
    step("v0: subprotocol", me.socket.subprotocol)

    await me.raw('{"type":"start","id":"1","command":"echo","args":["hello"]}')
    echo = await until(me, "exited")
    step("v0: start", *echo)
    await me.raw('{"type":"list","id":"2"}')
    step("v0: list", await following(me, "workers"))

    await me.raw('{"type":"start","command":"sleep","args":["1000"]}')
    sleep = await following(me, "started")
    step("v0: start without id", sleep)
    await me.raw('{"type":"list"}')
    step("v0: list without id", await following(me, "workers"))
    await me.raw(f'{{"type":"stop","id":"3","pid":{sleep["pid"]}}}')
    exited = await following(me, "exited")
    step("v0: stop", exited)
    await me.raw(f'{{"type":"list","since":"{exited["ts"]}"}}')
    step("v0: list since", await following(me, "workers"))
    await me.raw(f'{{"type":"replay","id":"4","pid":{echo[0]["pid"]}}}')
    step("v0: replay", *await until(me, "replayed"))

    for wrong in (f'{{"type":"stop","id":"3","pid":{sleep["pid"]}}}', '{"type":"stop","pid":2147483647}', '{"type":"replay","id":"4","pid":2147483647}',
                  '{"type":"list","since":"yesterday"}', '{"type":"start","id":"5"}', '{"type":"start","command":"/no/such/program"}', '{"type":"dance","id":"6"}', '{"type"'):
        await me.raw(wrong)
        step("v0: error", await anything(me))
    step("v0: closed", await me.close(), me.inbox)


async def v1(port):
    me = await Client.open(port, "/ws?protocol=v1")
    other = await Client.open(port, "/ws?protocol=v1")
    step("v1: an answer", (await other.ask("list"))["type"])

    await me.raw('{"type":"start","command":"echo","args":["hello"]}')
    step("v1: start without ids", *await until(me, "exited"))
    step("v1: what another hears", *await until(other, "exited"))
    await me.raw('{"type":"start","task_id":"failing","command":"sh","args":["-c","echo failing >&2; exit 3"],"retry_policy":{"restart_delay":"10ms","error_window":"1m","error_threshold":2},"id":"1"}')
    step("v1: retry", *await until(me, "errored"))
    step("v1: retry for another", *await until(other, "errored"))
    await me.raw('{"type":"reset","task_id":"failing","id":"2"}')
    step("v1: reset", *await until(me, "errored"))
    await until(other, "errored")
    await me.raw('{"type":"list","id":"3"}')
    step("v1: list", {**await following(me, "tasks"), "tasks": "below"})
    await me.raw('{"type":"list"}')
    listed = await following(me, "tasks")
    step("v1: list without id", {**listed, "tasks": [{**task, "number": "n"} for task in listed["tasks"] if task["task_id"] == "failing"]})

    await me.raw('{"type":"start","task_id":"sleeper","command":"sleep","args":["1000"]}')
    step("v1: sleeper", await following(me, "started"))
    await me.raw('{"type":"start","task_id":"sleeper","command":"sleep","args":["1000"],"id":"4"}')
    step("v1: start twice", await following(me, "error"))
    await me.raw('{"type":"stop","task_id":"sleeper"}')
    stopped = await following(me, "exited")
    step("v1: stop", stopped, await following(other, "exited"))
    await me.raw(f'{{"type":"list","since":"{stopped["ts"]}","id":"5"}}')
    step("v1: list since", [task["task_id"] for task in (await following(me, "tasks"))["tasks"]])
    await other.raw('{"type":"replay","task_id":"failing"}')
    step("v1: replay", *await until(other, "replayed"))

    for wrong in ('{"type":"start"}', '{"type":"start","id":"6","command":""}', '{"type":"reset","task_id":"sleeper"}', '{"type":"stop","task_id":"nobody","id":"7"}',
                  '{"type":"list","since":"yesterday","id":"8"}', '{"type":"dance"}', "[1]", "not json"):
        await me.raw(wrong)
        step("v1: error", await anything(me))
    step("v1: closed", await me.close(), await other.close(), me.inbox, other.inbox)


async def together(port):
    lines = 3000
    clients = [await Client.open(port, subprotocols=["overseer.v0"]), await Client.open(port, subprotocols=["overseer.v1", "overseer.v0"]), await Client.open(port)]
    step("together: subprotocols", *[client.socket.subprotocol or "" for client in clients])
    step("together: an answer", (await clients[0].ask("list"))["type"])
    step("together: subscribed", await clients[2].ask("subscribe", task_id="shared"))
    script = f"i=0; while [ $i -lt {lines} ]; do i=$((i+1)); echo $i; done; exit 1"
    policy = {"restart_delay": "10ms", "error_window": "1m", "error_threshold": 2}
    await clients[1].raw(json.dumps({"type": "start", "task_id": "shared", "command": "sh", "args": ["-c", script], "retry_policy": policy}))
    for client in clients:
        everything = await until(client, "errored")
        output = [message for message in everything if message["type"] == "output"]
        step("together: complete", len(output), all(message["seq"] == i + 1 and message["data"] == str(i % lines + 1) for i, message in enumerate(output)),
             [f'{message["type"]} "{message["id"]}"' if "id" in message else message["type"] for message in everything if message["type"] != "output"])
    await clients[0].raw('{"type":"list"}')
    workers = (await following(clients[0], "workers"))["workers"]
    await clients[1].raw('{"type":"list"}')
    listed = (await following(clients[1], "tasks"))["tasks"]
    current = (await clients[2].ask("list", action="command"))["tasks"]
    step("together: lists", len(workers) == len(listed), listed == current, list(workers[-1]))
    step("together: closed", *[await client.close() for client in clients])


async def main(port):
    await v0(port)
    await v1(port)
    await together(port)


asyncio.run(main(int(sys.argv[1])))
