"""How a test and a Python program talk: as in lines.mjs."""

import json
import sys
import threading

config = json.loads(sys.argv[1])

_turn = threading.Lock()


def say(happened):
    with _turn:
        sys.stdout.write(json.dumps(happened) + "\n")
        sys.stdout.flush()


def obey(commands):
    """Runs commands as they come, until the test ends."""
    for line in sys.stdin:
        for name, argument in json.loads(line).items():
            commands[name](argument)
