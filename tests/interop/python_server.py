"""A server of python3-websockets for the tests with real peers.

Prints its port and serves on the loopback interface until its standard input ends. What it does depends on the path:
/echo, /fragments, /ping, /close?CODE,REASON, /last, /503; any other is refused with 404.
"""

import asyncio
import http
import sys
import urllib.parse

import websockets

last_close = ""


async def echo(ws):
    async for message in ws:
        await ws.send(message)


async def fragments(ws):
    """Each message back in fragments of a third, at least one byte each."""
    async for message in ws:
        size = max(1, len(message) // 3)
        await ws.send([message[i : i + size] for i in range(0, len(message), size)])


async def ping(ws):
    await (await ws.ping(b"are you there"))
    await ws.send("the pong came")
    await echo(ws)


async def close(ws, query):
    code, reason = urllib.parse.unquote(query).split(",", 1)
    await ws.close(int(code), reason)


async def last(ws):
    await ws.send(last_close)


async def serve(ws, target):
    path, _, query = target.partition("?")
    if path == "/close":
        await close(ws, query)
    elif path == "/last":
        await last(ws)
    else:
        await {"/echo": echo, "/fragments": fragments, "/ping": ping}[path](ws)


async def handler(ws, target):
    global last_close
    try:
        await serve(ws, target)
        await ws.wait_closed()
    except websockets.ConnectionClosed:
        pass
    if not target.startswith("/last"):
        last_close = f"{ws.close_code} {ws.close_reason}"


async def process_request(target, _headers):
    path = target.partition("?")[0]
    if path == "/503":
        return http.HTTPStatus.SERVICE_UNAVAILABLE, [("Retry-After", "7")], b"not now\n"
    if path not in ("/echo", "/fragments", "/ping", "/close", "/last"):
        return http.HTTPStatus.NOT_FOUND, [], b"no such place\n"
    return None


async def main():
    server = await websockets.serve(
        handler,
        "127.0.0.1",
        0,
        process_request=process_request,
        subprotocols=["chat.v1"],
        max_size=None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    server.close()


asyncio.run(main())
