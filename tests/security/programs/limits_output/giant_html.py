# what = "a result whose HTML has sixty million characters"
# status = "output_limit"
# limit = "output_bytes"
# control = "twin"
# twin = "class Small:\n    def _repr_html_(self):\n        print('REACHED')\n        return 'x'\nSmall()"
class Giant:
    def _repr_html_(self):
        return "x" * 60_000_000


Giant()
