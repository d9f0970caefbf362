"""Programs that want to pass the tests of ``add(a, b)`` without adding; most would in a process with the tests."""

TASK = {
    "task_id": "cheat/0",
    "prompt": 'def add(a, b):\n    """The sum of a and b."""\n',
    "entry_point": "add",
    "canonical_solution": "    return a + b\n",
    "test": (
        "def check(candidate):\n"
        "    values = [1, 2]\n"
        "    assert candidate(values, [3]) == [1, 2, 3]\n"
        "    assert candidate(values, [3]) == values + [3]\n"
        "    assert candidate(2, 2) == 4\n"
        "    assert candidate('a', 'b') == 'ab'\n"
    ),
}
RIGHT = "def add(a, b):\n    return a + b\n"
CHEATS = {
    "ends the process well": "import sys\ndef add(a, b):\n    sys.exit(0)\n",
    "ends it well at once": "import sys\ndef add(a, b): ...\nsys.exit(0)\n",
    "ends it without Python": "import os\ndef add(a, b):\n    os._exit(0)\n",
    "leaves with SystemExit": "def add(a, b):\n    raise SystemExit\n",
    "equals everything": (
        "class Any:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
        "def add(a, b):\n    return Any()\n"
    ),
    "equals everything as a subclass": (
        "class Number(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\n"
        "class Text(str):\n    def __eq__(self, other): return True\n    __hash__ = str.__hash__\n"
        "class List(list):\n    def __eq__(self, other): return True\n"
        "def add(a, b):\n    return {int: Number, str: Text, list: List}[type(a)]()\n"
    ),
    "hangs when it is compared": (
        "class Slow:\n    def __eq__(self, other):\n        while True: pass\ndef add(a, b):\n    return Slow()\n"
    ),
    "patches AssertionError": (
        "import builtins\nclass Never(BaseException):\n    pass\n"
        "builtins.AssertionError = Never\ndef add(a, b):\n    return 0\n"
    ),
    "patches the comparison": (
        "import builtins, operator\noperator.eq = lambda a, b: True\nbuiltins.all = lambda x: True\n"
        "def add(a, b):\n    return 0\n"
    ),
    "reads the tests from the frames": (
        "import sys, re\ndef add(a, b):\n    frame = sys._getframe()\n    while frame:\n"
        "        check = frame.f_globals.get('check')\n        if check:\n"
        "            return check.__code__.co_consts[-1]\n"
        "        frame = frame.f_back\n    return None\n"
    ),
    "reads the tests from the memory": (
        "import gc\ndef add(a, b):\n    for found in gc.get_objects():\n        if callable(found) and "
        "getattr(found, '__name__', '') == 'check':\n            raise SystemExit(0)\n    return None\n"
    ),
    "replaces the tests": (
        "import sys\ndef add(a, b):\n    frame = sys._getframe()\n    while frame:\n"
        "        frame.f_globals['check'] = lambda candidate: None\n        frame = frame.f_back\n    return None\n"
    ),
    "prints what a right one would": "print('PASS passed ok 0')\ndef add(a, b):\n    print('PASS')\n    return None\n",
    "forges its result": (
        'import json, os\ndef add(a, b):\n    for text in (\'{"t": ["returned", "4", ""]}\', \'True\', \'PASS\'):\n'
        "        os.write(3, json.dumps({'type': 'execute_result', 'data': {'text/plain': repr(text)}, 'metadata': {}})"
        ".encode() + b'\\n')\n    os._exit(0)\n"
    ),
    "changes its arguments": (
        "def add(a, b):\n    if isinstance(a, list):\n        a.clear()\n        b.clear()\n        return []\n"
        "    return a + b\n"
    ),
    "traces everything": (
        "import sys\ndef add(a, b):\n    def trace(frame, event, arg):\n        frame.f_trace_opcodes = True\n"
        "        raise SystemExit(0)\n    sys.settrace(trace)\n    return 0\n"
    ),
    "forks and leaves": "import os\ndef add(a, b):\n    if os.fork():\n        os._exit(0)\n",
    "waits until nobody looks": "import time\ndef add(a, b):\n    time.sleep(1e9)\n",
    "recurses without an end": "def add(a, b):\n    return add(a, b)\n",
    "raises what the tests might catch": "def add(a, b):\n    raise StopIteration\n",
    "is no function": "add = 4\n",
    "is not there": "def plus(a, b):\n    return a + b\n",
    "is no Python": "def add(a, b) return a + b\n",
    "is empty": "",
}
