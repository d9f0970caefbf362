# what = "has another Python process of the host run a script"
# status = "error"
# error = "RuntimeError"
# control = "twin"
# twin = "import runpy\n\nrunpy.run_path(\"script.py\")"
import pathlib
import sys

pathlib.Path("script.py").write_text("print('REACHED')")
sys.remote_exec(1, "script.py")
