"""One long-lived sandbox that every run of this program finds again by its name.

Run it several times: the first makes the sandbox, the others use it. `--stop` ends it.

Start a server and set the three MODAL_ variables first: eval "$(sandlot env)".
"""

import sys

import modal

APP, NAME = "examples", "visitor-book"


def worker():
    """The sandbox that runs under the name, or a new one."""
    app = modal.App.lookup(APP, create_if_missing=True)
    try:
        return modal.Sandbox.from_name(APP, NAME)
    except modal.exception.NotFoundError:
        pass
    try:
        # It ends by itself when nobody has come for ten minutes.
        return modal.Sandbox.create(app=app, name=NAME, timeout=24 * 3600, idle_timeout=600)
    except modal.exception.AlreadyExistsError:
        # Another process was faster.
        return modal.Sandbox.from_name(APP, NAME)


sb = worker()
if sys.argv[1:] == ["--stop"]:
    sb.terminate()
    print("ended")
else:
    process = sb.exec("sh", "-c", "echo visitor >> /visitors; wc -l < /visitors")
    print("visitor number", process.stdout.read().strip())
    sb.detach()
