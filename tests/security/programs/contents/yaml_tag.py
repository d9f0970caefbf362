# what = "settings in YAML's manner, with a tag that names a function, read by a careless loader"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import ast
import importlib

text = "greeting: !!python/object/apply:subprocess.getoutput ['echo REACHED']"


def value(text):
    if not text.startswith("!!python/object/apply:"):
        return text
    name, arguments = text.removeprefix("!!python/object/apply:").split(" ", 1)
    module, function = name.rsplit(".", 1)
    return getattr(importlib.import_module(module), function)(*ast.literal_eval(arguments))


print({key: value(rest) for key, rest in (line.split(": ", 1) for line in text.splitlines())})
