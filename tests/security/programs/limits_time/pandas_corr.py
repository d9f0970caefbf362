# what = "the correlations of four thousand columns, in pandas' own C code"
# status = "time_limit"
# limit = "time_s"
# control = "twin"
# twin = "import pandas as pd\nif len(pd.DataFrame({1: [1, 2], 2: [3, 4]}).corr()) == 2: print('REACHED')"
import numpy as np
import pandas as pd

pd.DataFrame(np.ones((5_000, 4_000))).corr()
