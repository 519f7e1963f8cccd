"""Drives several sandboxes from one thread with asyncio: every blocking method has an `.aio`.

Start a server and set the three MODAL_ variables first: eval "$(sandlot env)".
"""

import asyncio

import modal


async def greet(app, name):
    """A sandbox that says hello three times; returns what was read of it while it spoke."""
    sandbox = await modal.Sandbox.create.aio(app=app, memory=256, timeout=300)
    try:
        await sandbox.filesystem.write_text.aio(name, "/name")
        process = await sandbox.exec.aio(
            "sh", "-c", "for i in 1 2 3; do echo hello $(cat /name) $i; sleep 0.2; done", bufsize=1)
        lines = [line.strip() async for line in process.stdout]
        assert await process.wait.aio() == 0
        return lines
    finally:
        await sandbox.terminate.aio()


async def main():
    app = await modal.App.lookup.aio("examples", create_if_missing=True)
    greetings = await asyncio.gather(*(greet(app, name) for name in ["ada", "grace", "barbara"]))
    for lines in greetings:
        print(", ".join(lines))


asyncio.run(main())
