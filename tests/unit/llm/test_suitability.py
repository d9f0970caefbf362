import pytest

from offline_ci.errors import ModelLoadError
from offline_ci.llm.capacity import Machine
from offline_ci.llm.gguf import read_gguf
from offline_ci.llm.suitability import cautions, require_chat_model
from support.gguf_bytes import DATA_BYTES, TENSORS, gguf, pair, tensor

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "<|im_start|>assistant\n"
)
NO_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}" + CHATML
LARGE = Machine(10**12)
GOOD = {
    "general.architecture": ("str", "llama"),
    "general.file_type": ("u32", 15),
    "llama.context_length": ("u32", 32768),
    "tokenizer.chat_template": ("str", CHATML),
}


@pytest.fixture
def read(tmp_path):
    """Reads a file of a usable model in which some metadata is changed, or left out where None."""

    def make(changes=None, tensors=TENSORS, name="m.gguf", data_bytes=DATA_BYTES):
        entries = {**GOOD, **(changes or {})}
        path = tmp_path / name
        pairs = tuple(pair(key, *entry) for key, entry in entries.items() if entry is not None)
        path.write_bytes(gguf(pairs, tensors, data_bytes=data_bytes))
        return read_gguf(path)

    return make


def test_a_usable_model_gives_no_cause_for_caution(read):
    info = read()
    require_chat_model(info)
    assert list(cautions(info, LARGE)) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"general.type": ("str", "adapter")}, "a LoRA adapter"),
        ({"general.type": ("str", "mmproj"), "general.architecture": ("str", "clip")}, "the picture encoder"),
        ({"general.architecture": ("str", "clip")}, "the picture encoder"),
        ({"general.type": ("str", "imatrix")}, "an importance matrix"),
        ({"general.architecture": ("str", "controlvector")}, "a control vector"),
        ({"general.architecture": ("str", "bert")}, r"an embedding model \(bert\)"),
        ({"llama.pooling_type": ("u32", 3)}, r"an embedding model \(llama\)"),
        ({"llama.pooling_type": ("u32", 4)}, "a reranker"),
        ({"split.no": ("u32", 1), "split.count": ("u32", 3)}, "part 2 of 3"),
        ({"split.no": ("u32", 0), "split.count": ("u32", 3)}, "its name does not say so"),
    ],
)
def test_what_cannot_write_is_refused_with_what_it_is(read, changes, what):
    with pytest.raises(ModelLoadError, match=what) as caught:
        require_chat_model(read(changes))
    assert caught.value.hint


def test_a_vocabulary_alone_is_refused(read):
    with pytest.raises(ModelLoadError, match="a vocabulary and no weights"):
        require_chat_model(read(tensors=(), data_bytes=0))


def test_the_parts_of_a_split_model_must_all_be_there(read, tmp_path):
    split = {"split.no": ("u32", 0), "split.count": ("u32", 3)}
    info = read(split, name="big-00001-of-00003.gguf")
    with pytest.raises(ModelLoadError, match=r"no big-00002-of-00003\.gguf beside it \(and 1 more are missing\)"):
        require_chat_model(info)
    for n in (2, 3):
        (tmp_path / f"big-0000{n}-of-00003.gguf").write_bytes(b"")
    require_chat_model(info)
    third = read({**split, "split.no": ("u32", 2)}, name="big-00003-of-00003.gguf")
    with pytest.raises(ModelLoadError, match="part 3 of 3") as caught:
        require_chat_model(third)
    assert caught.value.hint == "Give the first part, big-00001-of-00003.gguf, with the others beside it."


@pytest.mark.parametrize(
    ("changes", "caution"),
    [
        ({"general.architecture": ("str", "qwen99")}, "does not know the architecture 'qwen99'"),
        ({"llama.attention.causal": ("bool", False)}, "does not write from left to right"),
        ({"general.file_type": ("u32", 10)}, "Q2_K leaves less than three bits"),
        ({"general.file_type": ("u32", 24)}, "IQ1_S leaves less than three bits"),
        ({"general.file_type": ("u32", 99)}, r"numbers that are new to us (file type 99)"),
        ({"llama.context_length": ("u32", 2048)}, "trained for 2,048 tokens"),
        ({"tokenizer.chat_template": None}, "It has no chat template"),
        ({"tokenizer.chat_template": ("str", "{% broken")}, "Its chat template cannot be used"),
        ({"tokenizer.chat_template": ("str", NO_SYSTEM)}, "has no system messages: ours is put before"),
    ],
)
def test_what_will_not_work_well_is_told(read, changes, caution):
    info = read(changes)
    require_chat_model(info)
    (told,) = cautions(info, LARGE)
    assert caution in told


def test_unknown_tensor_types_are_told(read):
    info = read(tensors=(*TENSORS, tensor("c", [64], 77)))
    (told,) = cautions(info, LARGE)
    assert "tensor type 77" in told


@pytest.mark.parametrize("file_type", [36, 37, 40])
def test_few_bits_are_no_loss_for_models_that_were_trained_so(read, file_type):
    assert list(cautions(read({"general.file_type": ("u32", file_type)}), LARGE)) == []


def test_a_model_larger_than_the_memory_is_told(read):
    (told,) = cautions(read(), Machine(10**8))
    assert told == "It takes about 0.3 GB of memory, and 0.1 GB are available."
