"""Every error that can cross our public interface.

What *guest code* causes is never here: it is a value (``ExecutionResult.status``). An error of this module means that
the host could not do its part: an artefact is missing or damaged, a request makes no sense, or we have a bug.

Each class has a kebab-case ``code``, listed in ``docs/errors.md``. A message names the thing and the reason; the hint
names the mend, as a command where one exists.
"""

from __future__ import annotations

from typing import ClassVar


class OfflineCIError(Exception):
    """Base of all our errors.

    Args:
        message: the thing and the reason, one sentence.
        hint: the mend, one sentence, or None where nothing can be done.
    """

    code: ClassVar[str] = "offline-ci-error"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class UsageError(OfflineCIError):
    """The caller asked for something that makes no sense; nothing was done."""

    code = "usage"


class ArtifactError(OfflineCIError):
    """An artefact (model, runtime, package) is not as pinned."""

    code = "artifact"


class LockfileError(ArtifactError):
    """A lock file or the catalogue cannot be read or contradicts itself."""

    code = "lockfile"


class ArtifactMissingError(ArtifactError):
    """A pinned artefact is not on this machine."""

    code = "artifact-missing"


class DigestMismatchError(ArtifactError):
    """Bytes differ from their pinned sha256 or size."""

    code = "digest-mismatch"


class FetchError(ArtifactError):
    """No source could deliver an artefact."""

    code = "fetch-failed"


class DiskSpaceError(ArtifactError):
    """The disk has no room for what is to be stored."""

    code = "disk-space"


class PackageError(ArtifactError):
    """A package cannot be added to the runtime, or taken from it; nothing has changed."""

    code = "package"


class SessionFileError(ArtifactError):
    """A saved session cannot be used: it is damaged, or was saved with another runtime or for other limits."""

    code = "session-file"


class ModelError(OfflineCIError):
    """The model cannot be used."""

    code = "model"


class UnknownModelError(ModelError):
    """No model of that name is in the catalogue or the store."""

    code = "unknown-model"


class ModelLoadError(ModelError):
    """The file is not a GGUF that this llama.cpp build can load."""

    code = "model-load"


class ModelServerError(ModelError):
    """A server of models cannot be reached, refuses, or does not answer as it should."""

    code = "model-server"


class PromptTooLongError(ModelError):
    """The request does not fit the context window."""

    code = "prompt-too-long"

    def __init__(self, message: str, *, n_tokens: int, n_ctx: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.n_tokens = n_tokens
        self.n_ctx = n_ctx


class SandboxError(OfflineCIError):
    """The host could not run the guest faithfully."""

    code = "sandbox"


class RuntimeBuildError(SandboxError):
    """A step of the runtime build failed."""

    code = "runtime-build"


class RuntimeBootError(SandboxError):
    """CPython did not start inside the sandbox."""

    code = "runtime-boot"


class WasmFormatError(SandboxError):
    """Bytes are not the WebAssembly (or dylink.0) that they claim to be."""

    code = "wasm-format"


class LinkError(SandboxError):
    """A side module cannot be linked."""

    code = "link"


class WorkerCrashedError(SandboxError):
    """The sandbox's process ended or spoke nonsense.

    Attributes:
        expired: we ended it, because it did not answer in time.
    """

    code = "worker-crashed"
    expired: bool = False


class HostInvariantError(SandboxError):
    """A bug in us."""

    code = "host-invariant"
