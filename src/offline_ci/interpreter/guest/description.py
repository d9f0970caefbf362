"""What is said of a file.

This module runs in the guest; see the package.
"""

from __future__ import annotations

from typing import Any

Description = dict[str, Any]
"""``text``: lines for the model; ``columns``: column names; ``read``: a call that reads the file; ``members``: of an
archive."""
