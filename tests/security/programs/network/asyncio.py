# what = "connects to a port of the host with asyncio"
# status = "error"
# error = "OSError"
# says = "no network in this sandbox"
# control = "native"
import asyncio


async def connect():
    await asyncio.open_connection("127.0.0.1", int("@PORT@"))
    print("REACHED")


asyncio.run(connect())
