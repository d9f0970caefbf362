import json
import threading

from offline_ci.sandbox.outputs import MEDIA_FACTOR, OutputCollector


def collector(limit=1000):
    told, over = [], []
    return OutputCollector(limit, told.append, over.append), told, over


def message(**document):
    return json.dumps(document).encode() + b"\n"


def test_pieces_of_a_stream_are_joined_and_streams_stay_in_order():
    outputs, told, _ = collector()
    outputs.write(1, b"a")
    outputs.write(1, b"b\n")
    outputs.write(2, b"err\n")
    outputs.write(1, b"c")
    outputs.finish()
    assert [(o["name"], o["text"]) for o in outputs.outputs] == [
        ("stdout", "ab\n"),
        ("stderr", "err\n"),
        ("stdout", "c"),
    ]
    assert [o["text"] for o in told] == ["ab\n", "err\n", "c"]
    assert outputs.stream_text("stdout") == "ab\nc"


def test_text_is_neither_lost_nor_doubled_while_another_thread_shows_it():
    outputs, told, _ = collector(limit=10**6)
    done = threading.Event()

    def tick():
        while not done.is_set():
            outputs._pending_since = 0.0
            outputs.tick()

    thread = threading.Thread(target=tick)
    thread.start()
    for i in range(3000):
        outputs.write(1 + i % 7 // 6, b"%d\n" % i)
    done.set()
    thread.join()
    outputs.finish()
    assert "".join(o["text"] for o in told).split() == [str(i) for i in range(3000)]
    assert "".join(o["text"] for o in outputs.outputs).split() == [str(i) for i in range(3000)]


def test_a_character_split_over_two_writes_is_one_character():
    outputs, _, _ = collector()
    encoded = "é".encode()
    outputs.write(1, encoded[:1])
    outputs.write(1, encoded[1:])
    outputs.finish()
    assert outputs.stream_text("stdout") == "é"


def test_text_before_a_picture_comes_before_it():
    outputs, told, _ = collector()
    outputs.write(1, b"before")
    outputs.message(message(type="display_data", data={"image/png": "AA=="}, metadata={}))
    outputs.finish()
    assert [o["output_type"] for o in told] == ["stream", "display_data"]


def test_output_beyond_the_limit_is_cut_there_and_reported_once():
    outputs, _, over = collector(limit=10)
    for _ in range(5):
        outputs.write(1, b"1234")
    outputs.finish()
    assert outputs.stream_text("stdout") == "1234123412"
    assert over == [12]


def test_pictures_have_a_larger_limit_of_their_own():
    outputs, _, over = collector(limit=100)
    outputs.message(message(type="display_data", data={"text/plain": "x" * 200}, metadata={}))
    assert (len(outputs.outputs), over) == (1, [])
    outputs.message(message(type="display_data", data={"text/plain": "x" * 100 * MEDIA_FACTOR}, metadata={}))
    assert (len(outputs.outputs), len(over)) == (1, 1)


def test_an_endless_message_without_a_newline_is_not_collected():
    outputs, _, over = collector(limit=10)
    for _ in range(1000):
        outputs.message(b"x" * 10)
    assert len(over) == 1
    assert len(outputs._line) <= 10 * MEDIA_FACTOR + 10


def test_what_user_code_writes_to_the_channel_cannot_break_the_collector():
    outputs, _, _ = collector()
    for junk in (
        b"not json\n",
        b"[1]\n",
        b"{}\n",
        b"[" * 500 + b"\n",
        b'{"type": "error", "traceback": 5}\n',
        b"\xff\n",
    ):
        outputs.message(junk)
    outputs.message(message(type="display_data", data="no dict", metadata={}))
    outputs.message(message(type="exit", code="x"))
    outputs.finish()
    assert outputs.outputs == []
    assert outputs.exit_code == 1


def test_the_value_of_the_last_expression_is_kept():
    outputs, _, _ = collector()
    outputs.message(message(type="execute_result", data={"text/plain": "42"}, metadata={}))
    assert outputs.result == "42"
    assert outputs.outputs[0]["execution_count"] is None


def test_messages_of_programs_are_no_messages_of_ours():
    collector = OutputCollector(1000, None, lambda _used: None)
    for forged in ('{"type": []}', '{"type": {}}', '{"type": "display_data", "data": []}', "[" * 5000, "null"):
        collector.message(forged.encode() + b"\n")
    collector.finish()
    assert collector.outputs == []


def test_json_that_is_nested_too_deep_for_readers_is_left_out():
    collector = OutputCollector(1 << 20, None, lambda _used: None)
    deep = "[" * 65 + "]" * 65
    for nested in (deep, deep[1:-1]):
        data = '{"text/plain": "x", "application/json": ' + nested + "}"
        collector.message(b'{"type": "display_data", "metadata": {}, "data": ' + data.encode() + b"}\n")
    assert [sorted(output["data"]) for output in collector.outputs] == [
        ["text/plain"],
        ["application/json", "text/plain"],
    ]
