"""Gives a sandbox secrets: one kept by the server under a name, one of this program alone.

Start a server and set the three MODAL_ variables first: eval "$(sandlot env)".
"""

import modal

NAME = "example-database"

app = modal.App.lookup("examples", create_if_missing=True)
# Also: modal secret create example-database USER=ada PASSWORD=swordfish
modal.Secret.objects.create(NAME, {"USER": "ada", "PASSWORD": "swordfish"}, allow_existing=True)

secrets = [
    modal.Secret.from_name(NAME, required_keys=["USER", "PASSWORD"]),
    modal.Secret.from_dict({"SESSION": "s-1"}),
]
sb = modal.Sandbox.create(app=app, secrets=secrets, env={"STAGE": "example"}, timeout=300)
try:
    show = 'echo "$USER logs in at stage $STAGE, session $SESSION, password of ${#PASSWORD} letters"'
    print(sb.exec("bash", "-c", show).stdout.read(), end="")
    # For one process only, and later sources win.
    print(sb.exec("bash", "-c", show, env={"SESSION": "s-2"}).stdout.read(), end="")
finally:
    sb.terminate()
    modal.Secret.objects.delete(NAME)
