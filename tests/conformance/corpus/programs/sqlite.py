# --- basics
import sqlite3
c = sqlite3.connect(":memory:")
c.execute("create table t (id integer primary key, name text, x real, b blob)")
c.executemany("insert into t (name, x, b) values (?, ?, ?)", [("é", 1.5, b"\0"), (None, 2, None)])
print(c.execute("select * from t").fetchall(), c.execute("select count(*), sum(x), avg(x) from t").fetchone(), c.total_changes, [d[0] for d in c.execute("select id, name as n from t").description])

# --- joins_and_groups
import sqlite3
c = sqlite3.connect(":memory:")
c.executescript("create table a(k, v); create table b(k, w); insert into a values (1,'x'),(2,'y'),(2,'z'); insert into b values (2, 10), (3, 20);")
print(c.execute("select a.k, v, w from a left join b on a.k = b.k order by v").fetchall(), c.execute("select k, count(*), group_concat(v) from a group by k having count(*) > 1").fetchall(), c.execute("with recursive n(i) as (select 1 union all select i + 1 from n where i < 5) select i * i from n").fetchall(), c.execute("select v, row_number() over (order by v desc) from a").fetchall())

# --- row_factory
import sqlite3
c = sqlite3.connect(":memory:")
c.row_factory = sqlite3.Row
r = c.execute("select 1 as a, 'x' as b").fetchone()
print(r["a"], r["B"], r.keys(), tuple(r), dict(r), len(r))

# --- functions
import sqlite3
c = sqlite3.connect(":memory:")
c.create_function("twice", 1, lambda x: x * 2)
class Median:
    def __init__(self): self.v = []
    def step(self, x): self.v.append(x)
    def finalize(self): return sorted(self.v)[len(self.v) // 2]
c.create_aggregate("median", 1, Median)
c.create_collation("rev", lambda a, b: (a < b) - (a > b))
print(c.execute("select twice(21), twice('ab')").fetchone(), c.execute("select median(column1) from (values (3), (1), (2))").fetchone(), c.execute("select column1 from (values ('a'), ('b')) order by 1 collate rev").fetchall())

# --- failing_function
import sqlite3
c = sqlite3.connect(":memory:")
c.create_function("bad", 0, lambda: 1 / 0)
c.execute("select bad()")

# --- transactions
import sqlite3
c = sqlite3.connect("t.db")
c.execute("create table t (x unique)")
with c: c.execute("insert into t values (1)")
try:
    with c:
        c.execute("insert into t values (2)")
        c.execute("insert into t values (1)")
except sqlite3.IntegrityError as e: print(e, e.sqlite_errorname)
print(c.execute("select x from t").fetchall(), c.in_transaction)
c.close()
print(sqlite3.connect("t.db").execute("select * from t").fetchall())

# --- two_connections
import sqlite3
a, b = sqlite3.connect("t.db", timeout=0), sqlite3.connect("t.db", timeout=0)
a.execute("create table t (x)")
a.commit()
a.execute("insert into t values (1)")
print(b.execute("select * from t").fetchall())
b.execute("insert into t values (2)")

# --- no_table
import sqlite3
sqlite3.connect(":memory:").execute("select * from nothing")

# --- syntax
import sqlite3
sqlite3.connect(":memory:").execute("selec 1")

# --- wrong_number_of_parameters
import sqlite3
sqlite3.connect(":memory:").execute("select ?, ?", (1,))

# --- wrong_type_of_parameter
import sqlite3
sqlite3.connect(":memory:").execute("select ?", ([1],))

# --- named_parameters
import sqlite3
c = sqlite3.connect(":memory:")
print(c.execute("select :a + :b", {"a": 1, "b": 2}).fetchone(), c.execute("select ?2, ?1", ("x", "y")).fetchone())
c.execute("select :missing", {})

# --- closed
import sqlite3
c = sqlite3.connect(":memory:")
c.close()
c.execute("select 1")

# --- two_statements
import sqlite3
sqlite3.connect(":memory:").execute("select 1; select 2")

# --- too_large_integer
import sqlite3
sqlite3.connect(":memory:").execute("select ?", (2**63,))

# --- no_database
import sqlite3
open("x.db", "w").write("this is no database at all" * 50)
sqlite3.connect("x.db").execute("select * from sqlite_master")

# --- cannot_open
import sqlite3
sqlite3.connect("no/such/folder/x.db")

# --- types
import sqlite3
c = sqlite3.connect(":memory:")
print(c.execute("select typeof(1), typeof(1.0), typeof('a'), typeof(x'00'), typeof(null), 7 / 2, 7 / 2.0, 5 % 3, 1 || 2, null = null, 'a' like 'A', round(2.5), cast('12x' as integer), 9223372036854775807 + 1").fetchone())

# --- adapters
import sqlite3, datetime
sqlite3.register_adapter(datetime.date, lambda d: d.isoformat())
sqlite3.register_converter("date", lambda b: datetime.date.fromisoformat(b.decode()))
c = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES)
c.execute("create table t (d date)")
c.execute("insert into t values (?)", (datetime.date(2024, 2, 3),))
print(c.execute("select d from t").fetchone())

# --- dates_and_text
import sqlite3
c = sqlite3.connect(":memory:")
print(c.execute("select date('2024-01-31', '+1 month'), strftime('%Y/%W', '2024-05-06'), julianday('2000-01-01'), upper('éa'), length('é'), substr('hello', 2, 3), replace('aa', 'a', 'b'), printf('%05.1f', 2.25), instr('abc', 'c'), hex('é')").fetchone())

# --- json_functions
import sqlite3
c = sqlite3.connect(":memory:")
print(c.execute("""select json_extract('{"a": [1, {"b": "x"}]}', '$.a[1].b'), json_array(1, 'a', null), json('{"a" : 1}'), '{"k": 5}' ->> 'k'""").fetchone(), c.execute("select key, value from json_each('[10, 20]')").fetchall())

# --- full_text_search
import sqlite3
c = sqlite3.connect(":memory:")
c.execute("create virtual table d using fts5(t)")
c.executemany("insert into d values (?)", [("the quick fox",), ("lazy dog",)])
print(c.execute("select t from d where d match 'quick'").fetchall())

# --- iterdump_and_backup
import sqlite3
c = sqlite3.connect(":memory:")
c.executescript("create table t (a text); insert into t values ('it''s'); create index i on t(a); create view v as select * from t;")
print("\n".join(c.iterdump()))
d = sqlite3.connect("copy.db")
c.backup(d)
print(d.execute("select * from v").fetchall(), c.serialize()[:15])

# --- blob_and_cursor
import sqlite3
c = sqlite3.connect(":memory:")
k = c.execute("create table t (b)").execute("insert into t values (zeroblob(5))")
print(k.lastrowid, k.rowcount)
with c.blobopen("t", "b", 1) as b: b.write(b"hi"); b[4] = 1
print(c.execute("select b from t").fetchone(), list(c.execute("values (1), (2), (3)").fetchmany(2)))

# --- newer_sql
import sqlite3
c = sqlite3.connect(":memory:")
print(c.execute("select concat('a', 1)").fetchone(), c.execute("select string_agg(column1, '-') from (values ('a'), ('b'))").fetchone())
