"""conversation.py PORT: the main conversation with a fresh server.

Prints one JSON object a step: what was received, with times, pids and durations replaced by what they are. Ends with 0 only when
everything that was waited for came.
"""
import asyncio
import json
import re
import sys

from client import Client

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
pids = []


def shown(value, key=""):
    if isinstance(value, dict):
        return {name: shown(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [shown(inner) for inner in value]
    if key in ("pid", "restart_of", "current_pid") and type(value) is int:
        if value not in pids:
            pids.append(value)
        return f"pid {pids.index(value) + 1}"
    if key == "runtime_ms" and type(value) is int and value >= 0:
        return "ms"
    return "time" if isinstance(value, str) and TIME.fullmatch(value) else value


def step(name, *got):
    line = json.dumps({"step": name, "got": shown(list(got))}, ensure_ascii=False, separators=(",", ":"))
    print(line.replace('"n-', '"'), flush=True)


def is_update(message):
    return message["type"] == "pool_updated"


async def main(port):
    me = await Client.open(port)
    viewer = await Client.open(port)

    step("describe", await me.ask("describe"), await me.ask("describe", action="nobody"))

    greeting = await me.ask("start", action="echo", task_id="greeting", params={"message": 'grüß dich, 世界 \U0001F30D "quoted"'})
    step("start", greeting, *await me.until("exited", "greeting"))
    step("started with defaults", await me.ask("start", action="echo", task_id="plain"), *await me.until("exited", "plain"))
    step("list", await me.ask("list", action="echo"))

    await viewer.send("subscribe", task_id="greeting", from_seq=1)
    step("history", *await viewer.until("exited", "greeting"))
    await viewer.send("replay", task_id="greeting")
    step("replay", *await viewer.until("replayed", "greeting"))
    step("unsubscribe", await viewer.ask("unsubscribe", task_id="greeting"))

    cat = [await me.ask("start", action="cat", task_id="cat")]
    cat += [await me.ask("input", task_id="cat", data="one\n"), await me.event("output", "cat")]
    subscribed = await viewer.send("subscribe", task_id="cat", from_seq=1)
    seen = [await viewer.answer(subscribed), await viewer.event("output", "cat")]
    cat += [await me.ask("input", task_id="cat", data="two\nthr"), await me.event("output", "cat")]
    cat += [await me.ask("input", task_id="cat", data="ee", eof=True)]
    step("input", *cat, *await me.until("exited", "cat"))
    step("history, then live", *seen, *await viewer.until("exited", "cat"))

    policy = {"restart_delay": "10ms", "error_window": "1m", "error_threshold": 2}
    failing = await me.ask("start", action="sh", task_id="failing", params={"script": "echo failing >&2; exit 3"}, retry_policy=policy)
    step("retry", failing, *await me.until("errored", "failing"))
    step("reset", await me.ask("reset", task_id="failing"), *await me.until("errored", "failing"))
    step("reset of what is well", await me.ask("reset", task_id="cat"))

    first = await me.ask("start", action="one", task_id="a")
    waits = await me.send("start", action="one", task_id="b")
    step("queued", first, await me.answer(waits), await me.ask("start", action="one", task_id="c"), await me.ask("start", action="one", task_id="d"))
    step("queued for others", await viewer.event("queued", "b"), await viewer.event("queued", "c"))
    step("pool_info", await me.ask("pool_info", action="one"), await me.ask("pool_info"))
    step("purge", await me.ask("purge", action="one"), await me.event("dequeued", "c"), await me.event("dequeued", "b"))
    step("purge for others", await viewer.event("dequeued", "c"), await viewer.event("dequeued", "b"))

    later = await me.send("start", action="one", task_id="later")
    queued = await me.answer(later)
    await me.send("stop", task_id="a")
    step("stop, then the next", queued, await me.event("exited", "a"), await me.answer(later))
    step("set_pool", await me.ask("set_pool", action="one", size=2), await me.take("pool_updated", is_update))
    step("set_pool for others", await viewer.take("pool_updated", is_update))
    step("room", await me.ask("start", action="one", task_id="room"))
    await me.send("stop", task_id="room")
    await me.event("exited", "room")
    await me.send("stop", task_id="later")
    await me.event("exited", "later")

    step("metrics", await me.ask("metrics"), await me.ask("metrics", action="sh"), await me.ask("metrics", task_id="failing"))

    answer = await me.ask("manifest")
    manifest = answer.pop("manifest")
    step("manifest", answer, manifest["protocol"], manifest["transport"], sorted(manifest["operations"]), [action["name"] for action in manifest["actions"]])

    for wrong in ("not json", "[1]", "{}", '{"type":"list"}', '{"type":"list","id":""}', '{"type":"list","id":5}'):
        await me.raw(wrong)
        step(f"error: {wrong}", await me.take("error", lambda message: message["type"] == "error" and message["id"] == ""))
    step("error: unknown type", await me.ask("launch"))
    step("error: no action", await me.ask("start"))
    step("error: unknown action", await me.ask("start", action="nobody"))
    step("error: required parameter", await me.ask("start", action="sh"))
    step("error: wrong type", await me.ask("start", action="sh", params={"script": 1}))
    step("error: wrong since", await me.ask("list", since="yesterday"))
    step("error: unknown task", await me.ask("stop", task_id="nobody"))

    await me.raw(b'{"type":"list","id":"binary","action":"cat"}')
    step("still open, in binary", await me.answer("binary"))
    await me.ping()
    step("pong")

    large = await Client.open(port)
    await large.raw(json.dumps({"type": "list", "id": "large", "filler": "x" * (1 << 20)}))
    step("too large", await large.closed())
    step("closed", await viewer.close(), await me.close(), [f"{message['type']} {message.get('task_id')}" for message in viewer.inbox + me.inbox])


asyncio.run(main(int(sys.argv[1])))
