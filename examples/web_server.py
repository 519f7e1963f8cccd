"""Starts a web server in a sandbox, waits until it answers, and asks it from the inside.

Start a server and set the three MODAL_ variables first: eval "$(sandlot env)".
"""

import modal

SERVER = """
import http.server, time

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"you asked for {self.path}\\n".encode())

time.sleep(1)  # what real servers do before they answer
http.server.HTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
"""
CLIENT = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode(), end='')"

app = modal.App.lookup("examples", create_if_missing=True)
sb = modal.Sandbox.create(
    "python3", "-c", SERVER, app=app, timeout=300, readiness_probe=modal.Probe.with_tcp(8000))
try:
    sb.wait_until_ready(timeout=60)
    for path in ["/", "/weather?in=Oslo"]:
        process = sb.exec("python3", "-c", CLIENT, f"http://127.0.0.1:8000{path}")
        print(process.stdout.read(), end="")
    sb.exec("true").wait()
    # The server's log of its requests goes to stderr, which is the sandbox's own.
    sb.terminate(wait=True)
    print(sum("GET" in line for line in sb.stderr), "requests in its log")
finally:
    sb.terminate()
