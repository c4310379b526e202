"""An application's back end with the unmodified Python server library.

config: id, key, secret, host, port
answers every command with {answer: ...} or {failed: message, status}
obeys: {trigger: [channels, event, data, socket_id]}, {batch: [events]}, {channels: [prefix, info]},
       {channel: [name, info]}, {users: channel}, {authorize: [socket_id, channel, data]},
       {authenticate: [socket_id, user]}, {to_user: [id, event, data]}, {terminate: id},
       {webhook: {key, signature, body}}
"""

import pusher

from lines import config, obey, say

client = pusher.Pusher(
    app_id=config["id"],
    key=config["key"],
    secret=config["secret"],
    host=config["host"],
    port=config["port"],
    ssl=False,
)


def answering(ask):
    def command(argument):
        try:
            say({"answer": ask(*argument) if isinstance(argument, list) else ask(argument)})
        except pusher.errors.PusherError as error:
            say({"failed": str(error), "kind": type(error).__name__})

    return command


obey(
    {
        "trigger": answering(client.trigger),
        "batch": lambda events: answering(lambda _: client.trigger_batch(events))(None),
        "channels": answering(client.channels_info),
        "channel": answering(client.channel_info),
        "users": answering(client.users_info),
        "authorize": answering(client.authenticate),
        "authenticate": answering(client.authenticate_user),
        "to_user": answering(client.send_to_user),
        "terminate": answering(client.terminate_user_connections),
        "webhook": answering(lambda it: client.validate_webhook(it["key"], it["signature"], it["body"])),
    }
)
