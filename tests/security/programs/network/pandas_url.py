# what = "lets pandas fetch a table"
# status = "error"
# error = "URLError"
# control = "twin"
# twin = "import io\n\nimport pandas as pd\n\nprint(\"REACHED\", pd.read_csv(io.StringIO(\"a\\n1\")))"
import pandas as pd

print("REACHED", pd.read_csv("http://127.0.0.1:@PORT@/table.csv"))
