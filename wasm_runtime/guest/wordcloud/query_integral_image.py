"""Takes the place of wordcloud's compiled module of this name: where a word still has room."""

import numpy as np


def query_integral_image(integral_image, size_x, size_y, random_state):
    """One of the free places for a rectangle, drawn at random.

    Args:
        integral_image: of what is taken, shape (n, m).
        size_x: rows of the rectangle.
        size_y: its columns.
        random_state: draws.

    Returns:
        Row and column, None where there is no room.
    """
    table = np.asarray(integral_image).astype(np.int64)
    n, m = table.shape[0] - size_x, table.shape[1] - size_y
    if n <= 0 or m <= 0:
        return None
    taken = table[:n, :m] + table[size_x:, size_y:] - table[size_x:, :m] - table[:n, size_y:]
    free = np.flatnonzero(taken == 0)
    if not free.size:
        return None
    return divmod(int(free[random_state.randint(0, free.size - 1)]), m)
