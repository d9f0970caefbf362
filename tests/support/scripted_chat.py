"""``offline-ci chat`` in a process of its own with a model that runs what it is told to: ``Run: CODE``.

Its answer says how many requests it remembers. Arguments: those of ``chat``.
"""

import re
import sys

from offline_ci.cli import failure
from offline_ci.cli.chat import command
from offline_ci.llm.scripted import ScriptedModel


def reply(messages, prefill):
    requests = [m.content for m in messages if m.role == "user" and "Request: " in m.content]
    if not prefill:
        return f"I remember {len(requests)}."
    asked = requests[-1].rpartition("Request: ")[2]  # before it the message reminds of the request before
    return re.search(r"Run: (.*)", asked, re.DOTALL)[1] + "\n```"


def main():
    with command.make_context("chat", sys.argv[1:]) as context:
        context.params["model"] = ScriptedModel(reply, name="parrot", n_ctx=8192)
        try:
            return int(command.invoke(context))
        except Exception as error:  # noqa: BLE001 - as the command line does
            return int(failure.report(error))


if __name__ == "__main__":
    sys.exit(main())
