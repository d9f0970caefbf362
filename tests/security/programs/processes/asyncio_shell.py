# what = "runs a shell command with asyncio"
# status = "error"
# error = "FileNotFoundError"
# says = "No other programs can be started"
# control = "native"
import asyncio


async def shell():
    process = await asyncio.create_subprocess_shell("echo REACHED")
    await process.wait()


asyncio.run(shell())
