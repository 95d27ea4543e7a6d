"""Records a terminal session as an SVG: runs the commands of a script in a terminal of
100 columns, against a simulated AWS. Times, the user and identifiers of instances are replaced
by fixed ones, so that the file changes only when the output does.

    recording.py HAWSER SCRIPT SVG

rich, which writes the SVG, is among the judges' packages.
"""

import fcntl
import getpass
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios

from rich.console import Console
from rich.text import Text

COLUMNS = 100
QUESTION = re.compile(rb"\? (\[y/N\]|\(y/N\)|y/N)[^\n]*$", re.I)

# Rich's own form has fonts of another server, which a page of GitHub does not load.
FORM = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<title>A terminal session with Hawser</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def simulated(hawser, home):
    """Starts the simulated AWS and returns it with the variables that it prints."""
    sim = subprocess.Popen([hawser, "sim", "--listen", "127.0.0.1:0", "--scale", "50"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    env = {"HOME": home, "TERM": "xterm-256color", "TZ": "UTC", "AWS_EC2_METADATA_DISABLED": "true",
           "PATH": os.path.dirname(hawser) + ":" + os.environ["PATH"]}
    for line in sim.stdout:
        if line.startswith("export "):
            name, _, value = line[len("export "):].strip().partition("=")
            env[name] = value
        if line.startswith("export DEMO_SECRET="):
            return sim, env
    raise SystemExit("the simulated AWS did not start")


def typed(command, env):
    """Runs a command in a terminal and returns what it shows. A question is answered with n."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(env["HOME"])
        os.execve("/bin/sh", ["sh", "-c", command], env)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    shown, answered = b"", False
    while True:
        try:
            if select.select([terminal], [], [], 60)[0]:
                piece = os.read(terminal, 65536)
            else:
                raise SystemExit(f"{command} waits:\n{shown.decode()}")
        except OSError:  # as Linux ends a terminal
            break
        if not piece:
            break
        shown += piece
        if not answered and QUESTION.search(shown):
            answered = True
            os.write(terminal, b"n\n")
    os.waitpid(pid, 0)
    return shown.decode().replace("\r\n", "\n")


def fixed(text):
    """Replaces times, the user and the identifiers of instances."""
    text = re.sub(r"\bi-[0-9a-f]{17}\b", lambda m: INSTANCES.setdefault(m[0], f"i-0123456789abcdef{len(INSTANCES)}"), text)
    text = re.sub(rf"\b{getpass.getuser()}\b", "ada".ljust(len(getpass.getuser())), text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "2026-06-01 09:30:00", text)
    return re.sub(r"\b\d+ ms\b", lambda m: "9 ms".rjust(len(m[0])), text)


INSTANCES = {}


def main(hawser, script, svg):
    console = Console(width=COLUMNS, record=True, file=open(os.devnull, "w"), force_terminal=True, color_system="truecolor", legacy_windows=False)
    with tempfile.TemporaryDirectory() as home:
        sim, env = simulated(os.path.abspath(hawser), home)
        try:
            for command in open(script):
                command = re.sub(r"\s+#.*|^#.*", "", command.strip())
                if not command:
                    continue
                console.print(Text("$ ", style="bold green") + Text(command), soft_wrap=False)
                console.print(Text.from_ansi(fixed(typed(command, env))))
        finally:
            sim.terminate()
    console.save_svg(svg, title="hawser", code_format=FORM, unique_id="hawser")


main(*sys.argv[1:])
