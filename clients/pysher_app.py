"""A program with an unmodified Pysher: protocol 6, a ping before anything else, data as it comes.

config: key, secret or authEndpoint with headers, host, port, user
says: {connected: socket_id}, {frame} for everything that comes, {bound: channel}, {event, channel, data}, {error: data}
obeys: {subscribe: [channel, events]}, {unsubscribe: channel}, {trigger: [channel, event, data]}
"""

import json
import logging

import pysher

from lines import config, obey, say

client = pysher.Pusher(
    config["key"],
    secret=config.get("secret", ""),
    auth_endpoint=config.get("authEndpoint"),
    auth_endpoint_headers=config.get("headers", {}),
    user_data=config.get("user"),
    secure=False,
    custom_host=config["host"],
    port=config["port"],
    reconnect_interval=1,
)


def subscribe(argument):
    name, events = argument
    channel = client.subscribe(name)
    for event in events:
        channel.bind(event, lambda data, event=event: say({"event": event, "channel": name, "data": data}))
    # The acknowledgement may have come before anything could be bound.
    say({"bound": name})


class Frames(logging.Handler):
    """What the library logs of every frame."""

    def emit(self, record):
        _, found, frame = record.getMessage().partition("Message - ")
        if found:
            say({"frame": json.loads(frame)})


logging.getLogger("pysher.connection").addHandler(Frames())

client.connection.bind(
    "pusher:connection_established", lambda _: say({"connected": client.connection.socket_id})
)
client.connection.bind("pusher:error", lambda data: say({"error": data}))
client.connect()

obey(
    {
        "subscribe": subscribe,
        "unsubscribe": client.unsubscribe,
        "trigger": lambda argument: client.channel(argument[0]).trigger(*argument[1:]),
    }
)
