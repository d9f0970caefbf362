"""A chat with a scripted model and sandbox."""

import io

from offline_ci.cli.chat_session import Chat
from offline_ci.cli.views import PlainView
from offline_ci.interpreter import CodeInterpreter
from offline_ci.interpreter.session_store import SessionStore
from offline_ci.llm.scripted import ScriptedModel
from support.scripted_sandbox import ScriptedSandbox


class Talk:
    """A chat with a model that answers every request in the same way.

    Attributes:
        seen: the messages that led to each of the model's replies.
        said: what the chat has shown since the last look.
    """

    def __init__(self, output, *results, on_run=None, **options):
        self.seen = []
        self.sandbox = ScriptedSandbox(*results, on_run=on_run)
        self.model = ScriptedModel(self._reply)
        self.interpreter = CodeInterpreter(self.model, sandbox=self.sandbox, output_dir=output, max_turns=1)
        self._out = io.StringIO()
        self.view = PlainView(self._out, repeat_requests=False)
        self.store = SessionStore(output.parent / "sessions")
        self.chat = Chat(self.interpreter, self.view, output, store=self.store, **options)

    def _reply(self, messages, prefill):
        self.seen.append([message.content for message in messages])
        return "print(1)\n```" if prefill else "One."

    def __call__(self, line):
        return self.chat.handle(line)

    @property
    def said(self):
        text = self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        return text

    @property
    def requests(self):
        return [exchange.request for exchange in self.interpreter.exchanges]
