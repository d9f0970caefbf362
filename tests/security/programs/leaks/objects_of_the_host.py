# what = "looks for classes of the host's own package among all objects"
# status = "ok"
# control = "twin"
# twin = "import gc\n\nHost = type(\"Host\", (), {\"__module__\": \"offline_ci.sandbox\"})\nfor one in gc.get_objects():\n    if isinstance(one, type) and str(one.__module__).split(\".\")[0] == \"offline_ci\":\n        print(\"REACHED\")"
import gc

for one in gc.get_objects():
    if isinstance(one, type) and str(one.__module__).split(".")[0] == "offline_ci":
        print("REACHED")
