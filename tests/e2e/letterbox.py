"""A mail server that keeps what it is given (RFC 5321), and can refuse."""
import socketserver
import threading


class _Conversation(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 letterbox")
        sender, to = None, []
        for line in iter(self.rfile.readline, b""):
            words = line.decode().strip()
            verb = words.split(" ")[0].upper()
            if verb in ("EHLO", "HELO"):
                self.say("250 letterbox")
            elif verb == "MAIL":
                sender, to = words[len("MAIL FROM:<"):].split(">")[0], []
                self.say("250 ok")
            elif verb == "RCPT":
                to.append(words[len("RCPT TO:<"):].split(">")[0])
                self.say("550 nobody here" if to[-1] in self.server.refused else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                self.keep(sender, to)
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def keep(self, sender, to):
        lines = []
        for line in iter(self.rfile.readline, b".\r\n"):
            lines.append(line[1:] if line.startswith(b".") else line)
        self.server.letters.append((sender, to, b"".join(lines)))


class Letterbox(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters, self.refused = [], set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def close(self):
        self.shutdown()
        self.server_close()
