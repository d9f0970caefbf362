"""All that a session holds besides its sandbox, so that another process can go on from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from offline_ci.interpreter.answer import Step
from offline_ci.interpreter.attachments import AttachmentsRecord
from offline_ci.interpreter.conversation import ConversationMark
from offline_ci.interpreter.loaded_model import ModelReference
from offline_ci.limits import ResourceLimits


@dataclass(frozen=True, slots=True)
class Memory:
    """What was said, run and attached.

    Attributes:
        model: which model it was; None for one that cannot be found again.
        limits: of the sandbox.
        conversation: what the model knows.
        attachments: files of the host.
        history: requests with their answers, and what the user ran.
    """

    model: ModelReference | None
    limits: ResourceLimits
    conversation: ConversationMark
    attachments: AttachmentsRecord
    history: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Resumed:
    """A session that is to go on.

    Attributes:
        sandbox_file: what ``Sandbox.save`` wrote.
        memory: the rest.
    """

    sandbox_file: Path
    memory: Memory
