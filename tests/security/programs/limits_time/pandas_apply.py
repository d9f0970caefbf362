# what = "a function applied to a column never returns"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "twin"
# twin = "import pandas as pd\npd.Series(['REACHED']).apply(print)"
import pandas as pd


def endless(_value):
    while True:
        pass


pd.Series([1, 2, 3]).apply(endless)
