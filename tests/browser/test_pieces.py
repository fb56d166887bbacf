"""A page that comes in pieces, some lines at a time, as over a slow connection: what stands already stays where it is."""
import re
import time
import unittest
import urllib.error
import urllib.request

from browser import Case
from test_pages import IN_ENGLISH, PAGES

PAUSE_S = 0.02  # longer than a frame: each piece is drawn before the next comes

ENDS = re.compile(rb"\n|</svg>")

# Each cuts elsewhere: bytes of a piece by how the page is opened.
SHAPES = (
    ("1280 px", 700, {}),
    ("320 px", 900, {"width": 320}),
    ("ko", 800, {"lang": "ko"}),
)


def cut(page, size):
    """In pieces of so many bytes or a few more, that end with a line or with a drawing before its words."""
    begun = 0
    while begun < len(page):
        end = ENDS.search(page, begun + size)
        ended = end.end() if end else len(page)
        yield page[begun:ended]
        begun = ended


def relay(base, size):
    """An answer for browser.Site: what the service at base gives, pages in pieces."""
    def answer(handler):
        asked = {name: handler.headers[name] for name in ("Accept", "Accept-Language") if name in handler.headers}
        try:
            got = urllib.request.urlopen(urllib.request.Request(base + handler.path, headers=asked))
        except urllib.error.HTTPError as error:
            got = error
        with got:
            body = got.read()
        handler.send_response(got.status)
        for name in ("Content-Type", "Content-Security-Policy"):
            handler.send_header(name, got.headers[name])
        handler.end_headers()
        for piece in cut(body, size) if got.headers.get_content_type() == "text/html" else [body]:
            handler.wfile.write(piece)
            time.sleep(PAUSE_S)

    return answer


class Pieces(Case):
    def arrives(self, path, size, how):
        page = self.open(path.format(**self.facts), base=self.site(relay(self.base, size)), **how)
        self.still(page)


def add_tests():
    for path, _ in PAGES + IN_ENGLISH:
        for name, size, how in SHAPES:
            setattr(Pieces, f"test {path} in {name}", lambda self, p=path, s=size, h=how: self.arrives(p, s, h))


add_tests()


if __name__ == "__main__":
    unittest.main()
