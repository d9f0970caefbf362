# what = "shows an object whose JSON is nested six hundred deep"
# status = "ok"
# control = "twin"
# twin = "class Flat:\n    def _repr_mimebundle_(self, **_):\n        return {\"text/plain\": \"REACHED\", \"application/json\": [[]]}\n\n\ndisplay(Flat())\nprint(\"REACHED\")"
class Nested:
    def _repr_mimebundle_(self, **_):
        nested = []
        for _ in range(600):
            nested = [nested]
        return {"text/plain": "nested", "application/json": nested}


display(Nested())
