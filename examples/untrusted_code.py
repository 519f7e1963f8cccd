"""Runs code that nobody trusts: no network, little memory, little time, and a machine of its own.

Start a server and set the three MODAL_ variables first: eval "$(sandlot env)".
"""

import modal

HARMLESS = "print(sum(range(10)))"
ENDLESS = "while True: pass"
CURIOUS = "import urllib.request as u; u.urlopen('http://192.0.2.1', timeout=5)"
GREEDY = "hoard = [bytes(1 << 20) for _ in range(4096)]"

app = modal.App.lookup("examples", create_if_missing=True)


def judge(code, seconds=5):
    """Runs code in a new sandbox; returns its exit code and what it said."""
    sandbox = modal.Sandbox.create(
        app=app, block_network=True, cpu=(0.25, 1.0), memory=256, timeout=60)
    try:
        sandbox.filesystem.write_text(code, "/code.py")
        # At the end of its time it is killed, with all that it started; its code is -1 then.
        process = sandbox.exec("python3", "/code.py", timeout=seconds)
        exit_code = process.wait()
        said = process.stdout.read() + process.stderr.read()
        return exit_code, "".join(said.strip().splitlines()[-1:])
    finally:
        sandbox.terminate()


for name, code in [("harmless", HARMLESS), ("endless", ENDLESS), ("curious", CURIOUS),
                   ("greedy", GREEDY)]:
    exit_code, said = judge(code)
    print(f"{name:9} exit code {exit_code:3}  {said}")
