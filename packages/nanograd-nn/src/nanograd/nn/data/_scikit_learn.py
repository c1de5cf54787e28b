"""Real data that scikit-learn ships, in Python's own numbers. The extra ``[datasets]`` installs it."""

from __future__ import annotations

import random
from typing import Any

from nanograd.nn._extras import imported
from nanograd.nn._random import generator_or_default, randint
from nanograd.nn.data._labeled import LabeledDataset


def load_iris() -> LabeledDataset:
    """Return Fisher's 150 irises of three species, four lengths each; see `sklearn.datasets.load_iris`_.

    >>> iris = load_iris()
    >>> iris
    LabeledDataset('iris', 150 samples, 4 features, 3 classes)
    >>> iris[0], iris.target_names
    (([5.1, 3.5, 1.4, 0.2], 0), ('setosa', 'versicolor', 'virginica'))

    Raises:
        MissingExtraError: if scikit-learn is not installed.

    .. _sklearn.datasets.load_iris:
       https://scikit-learn.org/stable/modules/generated/sklearn.datasets.load_iris.html
    """
    return _loaded("iris")


def load_digits() -> LabeledDataset:
    """Return 1,797 handwritten digits of 8x8 pixels from 0 to 16; see `sklearn.datasets.load_digits`_.

    Raises:
        MissingExtraError: if scikit-learn is not installed.

    .. _sklearn.datasets.load_digits:
       https://scikit-learn.org/stable/modules/generated/sklearn.datasets.load_digits.html
    """
    return _loaded("digits")


def load_wine() -> LabeledDataset:
    """Return 178 wines of three growers, thirteen measurements each; see `sklearn.datasets.load_wine`_.

    Raises:
        MissingExtraError: if scikit-learn is not installed.

    .. _sklearn.datasets.load_wine:
       https://scikit-learn.org/stable/modules/generated/sklearn.datasets.load_wine.html
    """
    return _loaded("wine")


def load_breast_cancer() -> LabeledDataset:
    """Return 569 tumors, malignant (0) or benign (1), thirty measurements each.

    See `sklearn.datasets.load_breast_cancer`_.

    Raises:
        MissingExtraError: if scikit-learn is not installed.

    .. _sklearn.datasets.load_breast_cancer:
       https://scikit-learn.org/stable/modules/generated/sklearn.datasets.load_breast_cancer.html
    """
    return _loaded("breast_cancer")


def load_diabetes() -> LabeledDataset:
    """Return 442 patients, ten measurements each, and how far the disease got in a year.

    The measurements are scaled already, the targets go from 25 to 346; see `sklearn.datasets.load_diabetes`_.

    Raises:
        MissingExtraError: if scikit-learn is not installed.

    .. _sklearn.datasets.load_diabetes:
       https://scikit-learn.org/stable/modules/generated/sklearn.datasets.load_diabetes.html
    """
    return _loaded("diabetes")


def make_moons(
    n_samples: int = 100,
    *,
    shuffle: bool = True,
    noise: float | None = None,
    random_state: int | None = None,
    generator: random.Random | None = None,
) -> LabeledDataset:
    """Return points of two half circles that reach into each other, 0 the outer and 1 the inner one.

    See `sklearn.datasets.make_moons`_.

    >>> make_moons(100, noise=0.1, random_state=0)
    LabeledDataset('moons', 100 samples, 2 features, 2 classes)

    Args:
        n_samples: how many points.
        shuffle: whether they are shuffled.
        noise: the standard deviation of the noise that is added; none if left out.
        random_state: the seed of scikit-learn's generator; drawn from ``generator`` if left out.
        generator: draws the seed; the one that :func:`~nanograd.nn.manual_seed` seeds if left out.

    Raises:
        MissingExtraError: if scikit-learn is not installed.

    .. _sklearn.datasets.make_moons:
       https://scikit-learn.org/stable/modules/generated/sklearn.datasets.make_moons.html
    """
    datasets = imported("sklearn.datasets", "datasets", "make_moons()")
    if random_state is None:
        random_state = randint(0, 2**32, generator_or_default(generator))
    inputs, targets = datasets.make_moons(n_samples, shuffle=shuffle, noise=noise, random_state=random_state)
    return LabeledDataset(inputs.tolist(), targets.tolist(), "moons", ["x", "y"], ["outer", "inner"])


def _loaded(name: str) -> LabeledDataset:
    loader = f"load_{name}"
    bunch: Any = getattr(imported("sklearn.datasets", "datasets", f"{loader}()"), loader)()
    return LabeledDataset(
        bunch.data.tolist(),
        bunch.target.tolist(),
        name,
        [str(feature) for feature in bunch.feature_names],
        [str(target) for target in bunch.get("target_names", ())],
    )
