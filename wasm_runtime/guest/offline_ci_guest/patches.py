"""Changes to modules of Python and of packages, made when they are imported."""

import builtins
import importlib
import sys

from offline_ci_guest import absent, refusals

# module: our module and the function of it that is given the imported module; more of them, with spaces in between
_CHANGES = {
    "os": "refusals:install_os pipes:install",
    "threading": "thread_patches:install",
    "queue": "thread_patches:install_queue",
    "concurrent.futures.thread": "thread_patches:install_executor",
    "multiprocessing.pool": "thread_patches:install_pool",
    "asyncio.selector_events": "loop:install_selector_events",
    "asyncio.unix_events": "loop:install_unix_events",
    "subprocess": "refusals:install_subprocess",
    "multiprocessing.context": "refusals:install_multiprocessing",
    "concurrent.futures.process": "refusals:install_process_executor",
    "socket": "refusals:install_socket",
    "requests.adapters": "refusals:install_requests",
    "webbrowser": "refusals:install_webbrowser",
    "hashlib": "key_derivation:install",
    "numpy": "integers:install products:install",
    "numpy.random": "integers:install_random",
    "pandas._libs.arrays": "integer_indices:install_pandas",
    "pandas.core.dtypes.common": "integers:install_pandas",
    "numpy.linalg._linalg": "linalg:install",
    "tqdm.std": "thread_patches:install_tqdm",
    "PIL.ImageShow": "display:install_viewer",
    "matplotlib.backends.backend_agg": "display:install_renderer",
}


class ChangingFinder:
    """The first finder: what it finds changes a module after it was executed."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """The spec that the other finders give, for the modules of ``_CHANGES``."""
        if name not in _CHANGES:
            return None
        for finder in sys.meta_path:
            spec = None if finder is ChangingFinder else finder.find_spec(name, path, target)
            if spec is not None:
                break
        else:
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            change(name, module)

        spec.loader.exec_module = exec_module
        return spec


def change(name, module):
    """Make the changes to one module."""
    for target in _CHANGES[name].split():
        ours, _, function = target.partition(":")
        getattr(importlib.import_module(f"offline_ci_guest.{ours}"), function)(module)


def install():
    """Once per interpreter."""
    for name in _CHANGES:
        if name in sys.modules:
            change(name, sys.modules[name])
    sys.meta_path.insert(0, ChangingFinder)
    sys.meta_path.append(absent.AbsentModules)
    ask = builtins.input

    def input(prompt="", /):  # noqa: A001 - it takes its place
        try:
            return ask(prompt)
        except EOFError as error:
            if str(error) != "EOF when reading a line":
                raise
            raise EOFError(refusals.NO_INPUT) from None

    builtins.input = input
