"""A client of the v2 protocol over python3-websockets, as its programs write it: every request has an id, answers are found by id."""
import asyncio
import json

import websockets

DEADLINE_SECONDS = 30


class Client:
    @classmethod
    async def open(cls, port, path="/ws", subprotocols=None):
        return cls(await websockets.connect(f"ws://127.0.0.1:{port}{path}", subprotocols=subprotocols))

    def __init__(self, socket):
        self.socket = socket
        self.inbox = []
        self.ids = 0
        self.ended = False
        self.came = asyncio.Condition()
        self.reading = asyncio.ensure_future(self.read())

    async def read(self):
        try:
            async for data in self.socket:
                if not isinstance(data, str):
                    raise ValueError("a binary message")
                async with self.came:
                    self.inbox.append(json.loads(data))
                    self.came.notify_all()
        except websockets.ConnectionClosed:
            pass
        finally:
            async with self.came:
                self.ended = True
                self.came.notify_all()

    async def raw(self, data):
        """Sends text (or, as bytes, a binary message) as it is."""
        await self.socket.send(data)

    async def send(self, kind, **fields):
        """Sends a request and gives its id."""
        self.ids += 1
        request = f"n-{self.ids}"
        await self.raw(json.dumps({"type": kind, "id": request, **fields}))
        return request

    async def ask(self, kind, **fields):
        """Sends a request and waits for its direct answer."""
        return await self.answer(await self.send(kind, **fields))

    async def answer(self, request):
        """The next message with this id."""
        return await self.take(f"answer {request}", lambda message: message.get("id") == request)

    async def event(self, kind, task):
        """The next event of a type about a task."""
        return await self.take(f"{kind} of {task}", lambda message: message["type"] == kind and message.get("task_id") == task)

    async def until(self, kind, task):
        """Everything about a task up to an event, in the order in which it came."""
        everything = []
        while not everything or everything[-1]["type"] != kind:
            everything.append(await self.take(f"{kind} of {task}", lambda message: message.get("task_id") == task))
        return everything

    async def take(self, what, fits):
        """The next message that fits; others stay where they are."""
        try:
            return await asyncio.wait_for(self.wait(what, fits), DEADLINE_SECONDS)
        except asyncio.TimeoutError:
            raise TimeoutError(f"waited for {what}; there is {self.inbox}") from None

    async def wait(self, what, fits):
        async with self.came:
            while True:
                for at, message in enumerate(self.inbox):
                    if fits(message):
                        return self.inbox.pop(at)
                if self.ended:
                    raise ConnectionError(f"closed with {self.socket.close_code} while waiting for {what}")
                await self.came.wait()

    async def ping(self):
        await asyncio.wait_for(await self.socket.ping(), DEADLINE_SECONDS)

    async def closed(self):
        """Waits until the other side has closed, and gives its code."""
        await asyncio.wait_for(self.socket.wait_closed(), DEADLINE_SECONDS)
        await self.reading
        return self.socket.close_code

    async def close(self):
        """Closes in good order and gives the code with which the other side did."""
        await self.socket.close(1000)
        return await self.closed()
