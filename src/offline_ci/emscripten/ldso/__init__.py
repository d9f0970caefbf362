"""The dynamic linker: side modules (shared libraries) at run time.

Source: emscripten 5.0.3 ``src/lib/libdylink.js``, and WebAssembly/tool-conventions ``DynamicLinking.md`` for dylink.0.
"""

from offline_ci.emscripten.ldso import handlers as handlers
from offline_ci.emscripten.ldso.dso import Dso, LibraryProvider, SideModule
from offline_ci.emscripten.ldso.loader import DynamicLinker

__all__ = ["Dso", "DynamicLinker", "LibraryProvider", "SideModule"]
