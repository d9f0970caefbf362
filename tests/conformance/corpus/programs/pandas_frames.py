# --- create_and_show
import pandas as pd
df = pd.DataFrame({"name": ["ann", "bob", "cy"], "age": [30, 25, 41], "x": [1.5, None, 3.25]})
print(df, df.shape, df.dtypes.to_dict(), df.describe().round(3), df.to_string(index=False))
df.info()

# --- select
import pandas as pd
df = pd.DataFrame({"a": [1, 2, 3], "b": list("xyz")}, index=["r1", "r2", "r3"])
print(df["a"], df.loc["r2"], df.iloc[-1], df.loc[df.a > 1, ["b"]], df.query("a == 2"), df.at["r1", "b"], df.iat[0, 0], df.head(1), df[["b", "a"]], df.isin([1, "x"]))

# --- missing_column
import pandas as pd
pd.DataFrame({"a": [1]})["b"]

# --- missing_row
import pandas as pd
pd.DataFrame({"a": [1]}).loc[5]

# --- position_out_of_bounds
import pandas as pd
pd.DataFrame({"a": [1]}).iloc[5]

# --- lengths_differ
import pandas as pd
pd.DataFrame({"a": [1, 2], "b": [1]})

# --- missing_attribute
import pandas as pd
pd.DataFrame({"a": [1]}).no_such

# --- groupby
import pandas as pd
df = pd.DataFrame({"k": ["a", "b", "a", "b"], "v": [1, 2, 3, 4], "w": [0.5, 1.5, 2.5, 3.5]})
print(df.groupby("k").sum(), df.groupby("k").agg(total=("v", "sum"), top=("w", "max")), df.groupby("k")["v"].transform("mean"), df.groupby("k").apply(lambda g: g.v.max() - g.v.min()), df.groupby("k").size(), [(n, len(g)) for n, g in df.groupby("k")])

# --- pivot_and_melt
import pandas as pd
df = pd.DataFrame({"d": ["mon", "mon", "tue"], "c": ["x", "y", "x"], "n": [1, 2, 3]})
print(df.pivot_table(index="d", columns="c", values="n", aggfunc="sum", fill_value=0, margins=True), df.melt(id_vars="d"), pd.crosstab(df.d, df.c), df.set_index(["d", "c"]).unstack())

# --- pivot_duplicates
import pandas as pd
pd.DataFrame({"a": [1, 1], "b": [2, 2], "c": [3, 4]}).pivot(index="a", columns="b", values="c")

# --- merge
import pandas as pd
a, b = pd.DataFrame({"k": [1, 2], "x": ["a", "b"]}), pd.DataFrame({"k": [2, 3], "y": [5, 6]})
print(a.merge(b, on="k"), a.merge(b, how="outer", indicator=True), pd.concat([a, b]), a.join(b.set_index("k"), on="k"), pd.concat([a, b], axis=1))

# --- merge_no_common
import pandas as pd
pd.DataFrame({"a": [1]}).merge(pd.DataFrame({"b": [1]}))

# --- missing_values
import pandas as pd
df = pd.DataFrame({"a": [1, None, 3], "b": ["x", None, "z"]})
print(df.isna().sum(), df.dropna(), df.fillna({"a": 0, "b": "?"}), df.a.interpolate(), df.ffill(), df.a.mean(), df.count())

# --- sort_and_rank
import pandas as pd
df = pd.DataFrame({"a": [2, 1, 2], "b": [1, 2, 0]})
print(df.sort_values(["a", "b"], ascending=[False, True]), df.rank(), df.nlargest(1, "b"), df.sort_index(ascending=False), df.drop_duplicates("a"), df.duplicated("a"), df.a.value_counts())

# --- strings
import pandas as pd
s = pd.Series(["Ann Lee", "bob ray", None])
print(s.str.upper(), s.str.split(" ", expand=True), s.str.contains("b"), s.str.len(), s.str.extract(r"(\w)\w* (\w+)"), s.str.replace("a", "*"), s.str.title(), s.str[:2], s.dtype)

# --- dates
import pandas as pd
d = pd.Series(pd.to_datetime(["2024-01-31", "2024-02-29 12:30"], format="mixed"))
print(d, d.dt.month_name(), d.dt.dayofweek, d.dt.strftime("%d.%m.%y"), d + pd.DateOffset(months=1), d.diff(), d.dt.to_period("M"), pd.date_range("2024-01-01", periods=3, freq="ME"), pd.Timestamp("2024-05-06", tz="Europe/Berlin"))

# --- dates_bad
import pandas as pd
pd.to_datetime(["2024-01-01", "no date"])

# --- resample
import pandas as pd
s = pd.Series(range(6), index=pd.date_range("2024-01-01", periods=6, freq="12h"), dtype="float64")
print(s.resample("D").sum(), s.rolling(2).mean(), s.shift(1), s["2024-01-02"], s.pct_change().round(3), s.cumsum(), s.ewm(span=3).mean().round(6), s.expanding().max())

# --- csv
import io, pandas as pd
df = pd.read_csv(io.StringIO("id;name;x;d\n1;é;1,5;2024-01-02\n2;;2,5;2024-02-03\n"), sep=";", decimal=",", parse_dates=["d"], index_col="id")
print(df, df.dtypes, df.to_csv(), df.to_csv(index=False, sep="\t", date_format="%d/%m/%Y"))

# --- csv_bad
import io, pandas as pd
pd.read_csv(io.StringIO("a,b\n1,2\n1,2,3\n"))

# --- csv_empty
import io, pandas as pd
pd.read_csv(io.StringIO(""))

# --- csv_missing_file
import pandas as pd
pd.read_csv("missing.csv")

# --- csv_chunks
import io, pandas as pd
print([len(c) for c in pd.read_csv(io.StringIO("a\n" + "1\n" * 5), chunksize=2)], pd.read_csv(io.StringIO("a,b\n1,x\n"), usecols=["b"], dtype=str), pd.read_csv(io.StringIO("# c\na\n1\nNA\n"), comment="#"), pd.read_csv(io.StringIO("a b\n1 2"), sep=r"\s+"))

# --- json
import io, pandas as pd
df = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
print(df.to_json(), df.to_json(orient="records", lines=True), df.to_dict("records"), pd.read_json(io.StringIO('[{"a":1},{"a":2.5}]')), pd.json_normalize({"a": {"b": 1, "c": [2]}}))

# --- sql
import sqlite3, pandas as pd
c = sqlite3.connect(":memory:")
pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}).to_sql("t", c, index=False)
print(pd.read_sql("select a * 2 as d, b from t where a > ?", c, params=[1]))

# --- apply_and_map
import pandas as pd
df = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
print(df.apply(lambda r: r.a * r.b, axis=1), df.map(lambda x: x / 2), df.a.map({1: "one"}), df.assign(c=lambda d: d.a + d.b), df.eval("a ** 2 + b"), df.pipe(len), df.agg(["min", "max"]))

# --- categories_and_bins
import pandas as pd
s = pd.Series(["lo", "hi", "lo"], dtype=pd.CategoricalDtype(["lo", "hi"], ordered=True))
print(s, s.cat.codes, s.max(), pd.cut([1, 5, 9], [0, 3, 10], labels=["a", "b"]), pd.cut(pd.Series([1.0, 5]), 2), pd.qcut([1, 2, 3, 4], 2, labels=False).tolist(), pd.get_dummies(s))

# --- multi_index
import pandas as pd
df = pd.DataFrame({"v": [1, 2, 3]}, index=pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["k", "n"]))
print(df, df.loc["a"], df.xs(1, level="n"), df.groupby(level="k").sum(), df.reset_index(), df.unstack())

# --- index_operations
import pandas as pd
a, b = pd.Series([1, 2], index=["x", "y"]), pd.Series([10, 20], index=["y", "z"])
print(a + b, a.add(b, fill_value=0), a.reindex(["y", "q"]), a.index.union(b.index), a.idxmax(), a.rename({"x": "X"}), pd.Index([3, 1]).sort_values())

# --- copy_on_write
import pandas as pd
df = pd.DataFrame({"a": [1, 2]})
s = df["a"]
s.iloc[0] = 99
df.loc[5] = 7
df["b"] = [1.0, 2, 3]
del df["b"]
df.columns = ["z"]
print(df, s, df.rename(columns=str.upper).columns.tolist(), df.drop(5), df.T)

# --- types_of_columns
import pandas as pd
df = pd.DataFrame({"i": pd.array([1, None], dtype="Int64"), "b": [True, False], "s": ["a", "b"], "o": [1, "x"], "f": pd.Series([1, 2], dtype="float32")})
print(df.dtypes, df.convert_dtypes().dtypes, df.select_dtypes("number").columns.tolist(), pd.to_numeric(pd.Series(["1", "x"]), errors="coerce"), df.memory_usage(index=False)["i"])

# --- to_numeric_bad
import pandas as pd
pd.to_numeric(pd.Series(["1", "x"]))

# --- astype_bad
import pandas as pd
pd.Series(["1.5", "a"]).astype(float)

# --- text_output
import pandas as pd
df = pd.DataFrame({"a": [1, 2], "b": ["x|y", "<z>"]})
print(df.to_html(), df.to_latex() if False else "", df.style.__class__.__name__ if False else "")

# --- wide_and_long_display
import pandas as pd
print(pd.DataFrame({f"column_{i}": range(70) for i in range(20)}), pd.Series(range(100), dtype="float64"), pd.DataFrame({"t": ["long text " * 20]}))

# --- statistics
import pandas as pd
df = pd.DataFrame({"a": [1, 2, 3, 4.0], "b": [2, 4, 6, 9.0]})
print(df.corr().round(10), df.cov().round(10), df.skew().round(10), df.kurt().round(10), df.quantile([0.1, 0.9]), df.a.mode(), df.sem().round(10), df.mad if False else "")

# --- integer_columns
import pandas as pd
df = pd.DataFrame({"a": [1, 2]})
print(df.a.dtype, pd.Series([1]).sum().dtype, df.a.values.dtype, pd.Series(range(3)).dtype, df.groupby("a").size().dtype, (df.a * 3_000_000_000).tolist())

# --- frequent_mistakes
import pandas as pd
df = pd.DataFrame({"a": ["1", "2"], "b": [1, 2]})
for f in (lambda: df.a + df.b, lambda: df.mean(), lambda: df[df.b > 1 & df.a], lambda: df.append(df), lambda: df.groupby("zz"), lambda: df.sort_values("zz"), lambda: df.drop("zz"), lambda: df.drop(columns="zz"), lambda: bool(df), lambda: df.loc[:, "zz"], lambda: df.set_index("zz"), lambda: df.a.str.foo, lambda: pd.concat([])):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__, e)

# --- astype_int
import numpy as np, pandas as pd
s = pd.Series([3e9, 1.0])
print(s.astype(int), s.astype("int").dtype, pd.DataFrame({"a": ["4000000000"]}).astype({"a": int})["a"] * 2, pd.Series([1], dtype=int).dtype, pd.DataFrame({"a": np.arange(3), "b": np.random.randint(0, 9, 3)}).dtypes.tolist(), (pd.Series(np.arange(3)) * 2**31).tolist(), pd.Series(np.array([2**31 - 1] * 2)).cumsum().tolist(), pd.DataFrame({"a": np.array([2**31 - 1] * 2, np.int32)}).sum().tolist())
