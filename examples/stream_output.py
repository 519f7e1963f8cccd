"""Follows a long-running process line by line, with both of its streams at once.

Start a server and set the three MODAL_ variables first: eval "$(sandlot env)".
"""

import threading
import time

import modal

WORK = """
for part in 1 2 3 4; do
    echo "part $part of 4"
    [ $part = 3 ] && echo "part 3 was difficult" >&2
    sleep 0.5
done
"""

app = modal.App.lookup("examples", create_if_missing=True)
sb = modal.Sandbox.create(app=app, timeout=300)
started = time.monotonic()


def follow(stream, label):
    for line in stream:
        print(f"{time.monotonic() - started:5.1f} s  {label}  {line}", end="", flush=True)


try:
    process = sb.exec("bash", "-c", WORK, bufsize=1)  # whole lines; else pieces as they come
    errors = threading.Thread(target=follow, args=(process.stderr, "err"))
    errors.start()
    follow(process.stdout, "out")
    errors.join()
    print("exit code", process.wait())
finally:
    sb.terminate()
