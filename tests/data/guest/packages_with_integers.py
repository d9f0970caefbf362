import warnings

warnings.simplefilter("ignore")
import numpy as np, pandas as pd, networkx as nx, matplotlib.pyplot as plt
from PIL import Image
from scipy import cluster, interpolate, linalg, ndimage, optimize, signal, sparse, spatial, special, stats
from scipy.sparse import csgraph
import sklearn.cluster, sklearn.decomposition, sklearn.ensemble, sklearn.isotonic, sklearn.linear_model, sklearn.metrics, sklearn.model_selection, sklearn.naive_bayes, sklearn.neighbors, sklearn.preprocessing, sklearn.svm, sklearn.tree
y, x = np.array([0, 1, 0, 1, 1, 0, 1, 0]), np.arange(16).reshape(8, 2) ** 2 % 11
rows = np.array([0, 1, 2])
m = sparse.coo_matrix((np.array([1, 2, 3]), (rows, rows[::-1]))).tocsr()
m[rows][:, rows], m @ m, m.sum(axis=0), m.T.tocsc()[np.array([0]), np.array([1])], sparse.diags(rows).tocsr(), sparse.vstack([m, m])
sparse.csr_matrix((np.array([1, 2]), np.array([0, 1]), np.array([0, 1, 2])))
csgraph.dijkstra(m, indices=np.array([0])), csgraph.connected_components(m), csgraph.minimum_spanning_tree(m), csgraph.breadth_first_order(m, 0), csgraph.maximum_bipartite_matching(m)
ndimage.label(x), ndimage.sum(x, x, np.array([1, 2])), ndimage.center_of_mass(x), ndimage.median(x, x, [1]), ndimage.gaussian_filter(x, 1), ndimage.zoom(x, 2), ndimage.find_objects(x), ndimage.binary_dilation(x > 3), ndimage.map_coordinates(x, np.array([[0, 1], [0, 1]]))
spatial.KDTree(x).query(x, k=2), spatial.KDTree(x).query_ball_point(x, 2), spatial.KDTree(x).query_pairs(3), spatial.ConvexHull(x), spatial.Delaunay(x), spatial.distance.pdist(x)
tree = cluster.hierarchy.linkage(x); cluster.hierarchy.fcluster(tree, 2, "maxclust"), cluster.hierarchy.dendrogram(tree, no_plot=True), cluster.hierarchy.cut_tree(tree, n_clusters=np.array([2]))
stats.mode(y), stats.rankdata(y), stats.ttest_ind(y, x[:, 0]), stats.chi2_contingency(np.array([[3, 2], [3, 4]])), stats.binom.pmf(np.arange(3), 5, 0.5), stats.kendalltau(y, x[:, 0]), stats.spearmanr(y, x[:, 0]), stats.mannwhitneyu(y, x[:, 0]), stats.entropy(y + 1), stats.randint.rvs(0, 9, size=3), stats.poisson.pmf(rows, 2), stats.wilcoxon(y, x[:, 0]), stats.fisher_exact([[1, 2], [3, 4]]), stats.binned_statistic(x[:, 0], y, bins=np.array([0, 5, 11])), stats.multinomial.pmf([1, 2], 3, [0.5, 0.5])
special.comb(np.array([5]), np.array([2])), special.factorial(np.array([5])), special.gamma(rows + 1), special.expn(rows, 1.0), special.eval_legendre(rows, 0.5), special.jn(rows, 1.0), special.binom(rows, 1), special.sph_harm_y(rows, 0, 0.1, 0.2), special.zeta(rows + 2), special.bernoulli(3)
signal.find_peaks(np.array([0, 1, 0, 2, 0])), signal.convolve(rows, rows), signal.medfilt(y, 3), signal.resample(y, 4), signal.lfilter([1.0], [1.0], y), signal.argrelmax(x[:, 0])
interpolate.interp1d(rows, rows)(0.5), interpolate.CubicSpline(rows, rows)(1), interpolate.griddata(x, y, x), interpolate.BSpline(np.arange(6), rows, 2)(2.5), interpolate.RBFInterpolator(x[:5], y[:5])(x)
optimize.linear_sum_assignment(x), optimize.linprog(rows, A_ub=np.array([[1, 1, 1]]), b_ub=[5]), optimize.curve_fit(lambda t, a: a * t, np.arange(4), np.arange(4) * 2), optimize.nnls(x, y), optimize.milp(rows, integrality=np.array([1, 1, 0]))
linalg.solve(np.array([[2, 1], [1, 3]]), np.array([1, 2])), linalg.lu(x), linalg.det(x[:2]), linalg.expm(x[:2]), linalg.toeplitz(rows), linalg.hilbert(3)
S = sklearn
split = S.model_selection
for model in (S.linear_model.LogisticRegression(), S.tree.DecisionTreeClassifier(), S.ensemble.RandomForestClassifier(3), S.neighbors.KNeighborsClassifier(2), S.svm.SVC(probability=False), S.naive_bayes.GaussianNB(), S.naive_bayes.MultinomialNB(), S.naive_bayes.CategoricalNB(), S.ensemble.GradientBoostingClassifier(n_estimators=3), S.ensemble.HistGradientBoostingClassifier(max_iter=2), S.linear_model.SGDClassifier(), S.ensemble.AdaBoostClassifier(n_estimators=2), S.linear_model.Perceptron()):
    model.fit(x, y, **({} if "Neigh" in type(model).__name__ else {"sample_weight": y + 1})).predict(x)
    split.cross_val_score(model, x, y, cv=[(np.array([0, 1, 2, 3]), np.array([4, 5, 6, 7]))])
for model in (S.cluster.KMeans(2, n_init=1), S.cluster.DBSCAN(), S.cluster.AgglomerativeClustering(2), S.decomposition.PCA(1), S.preprocessing.StandardScaler(), S.preprocessing.OneHotEncoder(), S.preprocessing.PolynomialFeatures(), S.preprocessing.KBinsDiscretizer(2, quantile_method="averaged_inverted_cdf"), S.cluster.HDBSCAN(min_cluster_size=2, copy=True), S.cluster.SpectralClustering(2), S.decomposition.NMF(1), S.neighbors.NearestNeighbors(n_neighbors=2), S.ensemble.IsolationForest(n_estimators=2), S.cluster.MeanShift(), S.neighbors.LocalOutlierFactor(2)):
    model.fit(x)
S.neighbors.KDTree(x).query(x), S.neighbors.BallTree(x).query_radius(x, 2), S.isotonic.IsotonicRegression().fit(np.arange(8), y), S.linear_model.LinearRegression().fit(x, y, sample_weight=y + 1), S.linear_model.Lasso().fit(x, y), S.linear_model.PoissonRegressor().fit(x, y)
S.metrics.confusion_matrix(y, 1 - y), S.metrics.classification_report(y, 1 - y, zero_division=0), S.metrics.roc_auc_score(y, x[:, 0]), S.metrics.silhouette_score(x, y), S.metrics.adjusted_rand_score(y, y), S.metrics.accuracy_score(y, y, sample_weight=y), S.metrics.average_precision_score(y, x[:, 0]), S.metrics.cohen_kappa_score(y, y), S.metrics.normalized_mutual_info_score(y, y), S.metrics.precision_recall_curve(y, x[:, 0])
split.train_test_split(x, y, stratify=y), split.GridSearchCV(S.tree.DecisionTreeClassifier(), {"max_depth": np.arange(1, 3)}, cv=2).fit(x, y), S.preprocessing.LabelEncoder().fit_transform(y), S.preprocessing.label_binarize(y, classes=np.array([0, 1, 2])), list(split.StratifiedKFold(2).split(x, y)), list(split.GroupKFold(2).split(x, y, np.array([1, 1, 2, 2, 3, 3, 4, 4]))), list(split.TimeSeriesSplit(2).split(x))
df = pd.DataFrame({"a": x[:, 0], "b": y})
df.iloc[np.array([0, 2])], df.take(np.array([1])), df.groupby(y).sum(), df.groupby("b")["a"].agg(["sum", np.mean]), pd.cut(df.a, np.arange(0, 12, 3)), pd.qcut(df.a, 2), pd.Categorical.from_codes(y, ["u", "v"]), df.a.repeat(y), df.reindex(np.arange(10)), pd.factorize(y), pd.get_dummies(y), df.pivot_table(index="b", aggfunc="sum"), df.merge(df, on="b"), df.loc[rows], df.rolling(2).sum(), df.sample(3, random_state=1), df.sample(2, weights=y), df.nlargest(2, "a"), df.a.searchsorted(3), df.sort_values("a").index[np.argsort(y)], pd.MultiIndex.from_arrays([y, y]), pd.interval_range(0, 4), df.a.quantile([0.5]), df.set_index("b").loc[1], df.a.rank(), pd.concat([df, df]).duplicated(), df.corr(), df.melt(), df.a.where(y > 0, 0), pd.to_datetime(rows, unit="D"), pd.Series(rows).to_numpy()[rows], df.a.interpolate(), df.explode("a"), df.eval("a * 2 + b"), df.query("a > 2"), pd.Index(rows).get_indexer(rows), df.insert(0, "c", np.arange(8)), df.a.shift(1), df.a.value_counts(bins=np.array([0, 5, 11])), df.iloc[np.flatnonzero(y)], df.iloc[np.where(y)[0], np.array([0])]
nx.from_numpy_array(np.array([[0, 1], [1, 0]])), nx.to_numpy_array(nx.path_graph(3), dtype=int), nx.pagerank(nx.path_graph(3)), nx.spring_layout(nx.path_graph(3))
figure, axes = plt.subplots(2, 2)
axes[0, 0].bar(np.arange(8), x[:, 0]), axes[0, 1].hist(y, bins=np.array([0, 1, 2])), axes[1, 0].imshow(x), axes[1, 1].scatter(x[:, 0], y, c=y), axes[0, 0].set_xticks(np.arange(8)), axes[1, 1].boxplot(x), axes[0, 0].stackplot(np.arange(8), y), axes[0, 1].pie(y + 1), axes[0, 0].errorbar(np.arange(8), y, y), axes[1, 0].contour(x), axes[1, 1].fill_between(np.arange(8), y)
figure.savefig("a.png"); plt.close()
import seaborn as sns
sns.countplot(x=y), sns.heatmap(x), sns.histplot(y), sns.boxplot(x=y, y=x[:, 0]); plt.close()
Image.fromarray(x.astype(np.uint8)).resize((4, 4)), np.asarray(Image.new("L", (2, 2))).sum(), Image.fromarray((np.arange(4).reshape(2, 2) * 50).astype("uint8")).histogram()
assert next(split.KFold(2).split(x))[0].dtype == np.intp
