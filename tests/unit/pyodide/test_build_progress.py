from offline_ci.pyodide.build_progress import BuildEvent, StepClock


class Recorder:
    def __init__(self):
        self.events = []

    def report(self, event):
        self.events.append(event)

    def message(self, text):
        raise AssertionError(text)


def test_step_clock_reports_start_and_every_item():
    recorder = Recorder()
    clock = StepClock(recorder, "Fold", {"a": 30, "b": 10})
    clock.advance("a")
    clock.advance("b")
    assert [(e.step, e.done, e.total, e.item, e.is_finished) for e in recorder.events] == [
        ("Fold", 0, 2, "", False),
        ("Fold", 1, 2, "a", False),
        ("Fold", 2, 2, "b", True),
    ]
    assert [e.share for e in recorder.events] == [0.0, 0.75, 1.0]
    seconds = [e.seconds for e in recorder.events]
    assert seconds == sorted(seconds)
    assert clock.seconds >= seconds[-1]


def test_a_step_without_items_is_finished_at_once():
    assert BuildEvent("Nothing", 0, 0, 0.0).is_finished
