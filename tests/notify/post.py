# SPDX-License-Identifier: MIT
"""post.py FOLDER [CERTIFICATE]: takes POSTs on a free port of 127.0.0.1,
which it writes to FOLDER/port. Each is kept as FOLDER/N.json with its path,
headers and body. It answers as the file FOLDER/how says at that moment: a
status, "slow" (no answer in 20 s), "close" (no answer at all), "endless" (a
body without an end), "stalls" (a body that does not come), "redirect". After 60 requests it ends."""
import http.server
import itertools
import json
import os
import ssl
import sys
import time

folder = sys.argv[1]
numbers = itertools.count(1)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        name = os.path.join(folder, "%d.json" % next(numbers))
        with open(name + "~", "w") as file:
            json.dump({"path": self.path, "headers": dict(self.headers),
                       "body": body.decode()}, file)
        os.rename(name + "~", name)
        with open(os.path.join(folder, "how")) as file:
            self.answer(file.read().strip())

    do_GET = do_POST

    def answer(self, how):
        if how == "close":
            self.close_connection = True
            return
        if how == "slow":
            time.sleep(20)
            return
        if how == "redirect":
            self.send_response(307)
            self.send_header("Location", "http://127.0.0.1:1/secret-place")
            self.end_headers()
            return
        if how == "stalls":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"some")
            self.wfile.flush()
            time.sleep(20)
            return
        if how == "endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                return
        self.send_response(int(how))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.timeout = 60
with open(os.path.join(folder, "port~"), "w") as file:
    file.write(str(server.server_address[1]))
os.rename(os.path.join(folder, "port~"), os.path.join(folder, "port"))
for _ in range(60):
    server.handle_request()
