"""What ``doctor`` says about models and llama.cpp: what it was built for, what it sees, and what fits."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from offline_ci.cli.doctor_check import Check, guarded
from offline_ci.cli.format import size
from offline_ci.errors import OfflineCIError

if TYPE_CHECKING:
    from offline_ci.artifacts.models import ModelRecord, ResolvedModel
    from offline_ci.llm.llama_cpp_look import Look


class LlamaChecks:
    """The checks, which share one look at llama.cpp.

    Args:
        measure: measure the speed anew.

    Attributes:
        details: what was found, for ``--json``.
    """

    def __init__(self, *, measure: bool) -> None:
        self._measure = measure
        self.details: dict[str, Any] = {"backends": [], "devices": [], "gpus": [], "fit": None, "speed": None}

    def checks(self) -> Iterator[Check]:
        """Every check, as it is done."""
        yield from _models()
        for name, check in (
            ("llama.cpp", self._llama),
            ("gpu", self._gpu),
            ("matrix extensions", self._matrix_extensions),
            ("model memory", self._fit),
            ("speed", self._speed),
        ):
            yield guarded(name, check)

    @cached_property
    def _look(self) -> Look:
        from offline_ci.llm.llama_cpp_look import look

        return look()

    @cached_property
    def _model(self) -> ResolvedModel | None:
        """The model that a request would take, or the smallest that is here."""
        from offline_ci.artifacts.models import ModelStore

        store = ModelStore()
        here = sorted(_present(), key=lambda record: (not record.is_default, record.size_bytes))
        return store.resolve(here[0].name) if here else None

    def _llama(self) -> Check:
        version = importlib.metadata.version("llama-cpp-python")
        built = ", ".join(self._look.backends)
        self.details["backends"] = list(self._look.backends)
        return Check("llama.cpp", "ok", f"llama-cpp-python {version}, build {self._look.build_id}, for {built}")

    def _gpu(self) -> Check:
        from offline_ci.cli.doctor_gpu import gpu_check
        from offline_ci.llm.backends import present_gpus

        present = present_gpus()
        self.details["devices"] = [asdict(device) for device in self._look.devices]
        self.details["gpus"] = [asdict(gpu) for gpu in present]
        return gpu_check(self._look.backends, self._look.devices, present)

    def _matrix_extensions(self) -> Check:
        from offline_ci.llm import probe
        from offline_ci.llm._hardware import has_amx

        name = "matrix extensions"
        if not has_amx():
            return Check(name, "ok", "this processor has no AMX")
        if not probe.needs_probe(self._look.system_info):
            return Check(name, "ok", "this processor has AMX; this build of llama.cpp does not use it")
        if self._model is None:
            return Check(name, "note", "AMX is used by this build; it is tried out when a model is first loaded")
        model = self._model
        if probe.use_extra_bufts(model.path, model_id=model.sha256, build_id=self._look.build_id):
            return Check(name, "ok", "AMX is used, and works")
        mend = f"Nothing needs to be done. Faster: build llama.cpp without AMX, `{probe.BUILD_WITHOUT_AMX}`."
        return Check(name, "note", "AMX crashes in this build of llama.cpp; models run without it, slower", mend)

    def _fit(self) -> Check:
        from offline_ci.llm._hardware import available_memory_bytes
        from offline_ci.llm.gguf import read_gguf
        from offline_ci.llm.llama_cpp_plan import draft, plans, where
        from offline_ci.llm.llama_options import from_environment

        name = "model memory"
        if self._model is None:
            return Check(name, "note", "no model is here", "Run `offline-ci models pull NAME`.")
        info, available, options = read_gguf(self._model.path), available_memory_bytes(), from_environment()
        settings = draft(info, None, "auto", options, self._look.devices, available)
        n_ctx, offload = settings.n_ctx, next(plans(info, settings))
        each = max(1.0, info.kv_bytes_per_token * options.kv_scale)
        longest = max(0, min(info.n_ctx_train or n_ctx, int((available - info.file_bytes) / each)))
        self.details["fit"] = {
            "model": self._model.name,
            "n_ctx": n_ctx,
            "longest_n_ctx": longest,
            "gpu_layers": offload.n_layers,
            "layers": info.n_layer + 1,
        }
        detail = (
            f"{self._model.name} takes {size(info.file_bytes)}, and {size(n_ctx * each)} for a context of {n_ctx:,} "
            f"tokens; in memory at most {longest:,} fit; it runs on {where(offload, info, settings)}"
        )
        if info.file_bytes + n_ctx * each > available and offload.n_layers <= info.n_layer:
            return Check(name, "note", detail, "Memory is short: close other programs, or choose a smaller model.")
        return Check(name, "ok", detail)

    def _speed(self) -> Check:
        from offline_ci.llm import speed
        from offline_ci.llm.speed_trial import measure

        name, mend = "speed", "`offline-ci doctor --measure` measures it in a few seconds."
        found = speed.last()
        if self._measure:
            if self._model is None:
                return Check(name, "note", "no model is here to measure", "Run `offline-ci models pull NAME`.")
            found = measure(self._model)
            speed.remember(found)
        if found is None:
            return Check(name, "ok", f"not measured yet; {mend}")
        self.details["speed"] = asdict(found)
        layers = f", {found.gpu_layers} layers on the GPU" if found.gpu_layers else ""
        detail = (
            f"{found.model} writes {found.tokens_per_s:g} tokens a second and reads {found.prompt_tokens_per_s:g} "
            f"({found.n_threads} threads{layers})"
        )
        if found.build_id != self._look.build_id:
            return Check(name, "note", f"{detail}, measured with another build of llama.cpp", mend)
        return Check(name, "ok", detail)


def _present() -> list[ModelRecord]:
    from offline_ci.artifacts.models import ModelStore

    return [record for record in ModelStore().list() if record.present]


def _models() -> Iterator[Check]:
    from offline_ci.artifacts.models import ModelStore

    try:
        for record, state in ModelStore().verify():
            name = f"model {record.name}"
            mend = f"Run `offline-ci models pull {record.name}`."
            if state == "ready":
                yield Check(name, "ok", f"{size(record.size_bytes)}, intact{', default' if record.is_default else ''}")
            elif state == "damaged":
                yield Check(name, "problem", f"{record.path} is damaged", mend, required=record.is_default)
            elif record.is_default:
                yield Check(name, "problem", "not here; it is the default model", mend, required=True)
    except OfflineCIError as error:
        yield Check("models", "problem", error.message, error.hint or "", required=True)
