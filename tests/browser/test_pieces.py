"""A page that comes in pieces, some lines at a time, as over a slow connection: what stands already stays where it is."""
import http.server
import threading
import time
import unittest
import urllib.error
import urllib.request

from browser import Case
from test_pages import IN_ENGLISH, PAGES

PAUSE_S = 0.02  # longer than a frame: each piece is drawn before the next comes

# Each cuts elsewhere: bytes of a piece by how the page is opened.
SHAPES = (
    ("1280 px", 700, {}),
    ("320 px", 900, {"width": 320}),
    ("ko", 800, {"lang": "ko"}),
)

def cut(page, size):
    """In pieces of whole lines, of so many bytes or a few more."""
    begun = 0
    while begun < len(page):
        ended = page.find(b"\n", begun + size) + 1 or len(page)
        yield page[begun:ended]
        begun = ended


class Relay:
    """Gives what the service at base gives; pages in pieces."""

    def __init__(self, base, size):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked = {name: self.headers[name] for name in ("Accept", "Accept-Language") if name in self.headers}
                try:
                    answer = urllib.request.urlopen(urllib.request.Request(base + self.path, headers=asked))
                except urllib.error.HTTPError as error:
                    answer = error
                with answer:
                    body = answer.read()
                self.send_response(answer.status)
                for name in ("Content-Type", "Content-Security-Policy"):
                    self.send_header(name, answer.headers[name])
                self.end_headers()
                for piece in cut(body, size) if answer.headers.get_content_type() == "text/html" else [body]:
                    self.wfile.write(piece)
                    time.sleep(PAUSE_S)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Pieces(Case):
    def arrives(self, path, size, how):
        relay = Relay(self.base, size)
        self.addCleanup(relay.stop)
        page = self.open(path.format(**self.facts), base=relay.url, **how)
        self.still(page)


def add_tests():
    for path, _ in PAGES + IN_ENGLISH:
        for name, size, how in SHAPES:
            setattr(Pieces, f"test {path} in {name}", lambda self, p=path, s=size, h=how: self.arrives(p, s, h))


add_tests()


if __name__ == "__main__":
    unittest.main()
