# what = "a database query that counts for ever"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
import sqlite3

endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
sqlite3.connect(":memory:").execute(endless).fetchall()
