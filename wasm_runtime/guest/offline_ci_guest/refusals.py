"""What cannot be done here, and what to do instead: one line each, in the exceptions that Python raises for it."""

import errno
import os
import sys

NO_NETWORK = "There is no network in this sandbox: attach the file with -f and read it by its name"
NO_PROGRAMS = "No other programs can be started in this sandbox: use Python's own modules (shutil, zipfile, ...)"
NO_PYTHON = "No second Python can be started in this sandbox: import the module, or runpy.run_path() the script"
NO_INSTALLING = "Nothing can be installed in this sandbox: use the packages that are here"
NO_PROCESSES = "No processes can be started in this sandbox: call the function directly, in a loop or with map()"
NO_INPUT = "Nobody answers input() here: put the values into the program"


def no_program(arguments):
    """What starting a program raises: as where it is not installed."""
    names = [arguments] if isinstance(arguments, (str, bytes, os.PathLike)) else list(arguments)
    words = [os.fsdecode(word) for name in names for word in os.fsdecode(name).split()]
    program = words[0].rpartition("/")[2] if words else ""
    if "pip" in words[:3] or program.startswith("pip") or program in {"conda", "apt", "apt-get", "uv"}:
        reason = NO_INSTALLING
    else:
        reason = NO_PYTHON if program.startswith("python") else NO_PROGRAMS
    return FileNotFoundError(errno.ENOENT, reason, os.fsdecode(names[0]) if names else "")


def system(command):
    """``os.system``: the status of a shell that does not find the program."""
    print(no_program(command).strerror, file=sys.stderr)
    return 127 << 8


def execute(path, *_arguments):
    """``os.execv`` and its kind."""
    raise no_program(path)


def spawn(_mode, path, *_arguments):
    """``os.spawnv`` and its kind."""
    raise no_program(path)


def fork():
    """``os.fork``."""
    raise OSError(errno.ENOSYS, NO_PROCESSES)


def install_os(module):
    """Into ``os``: what would start a process; these are functions of this module so that they can be pickled."""
    module.system = system
    for ending in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe"):
        setattr(module, f"exec{ending}", execute)
        setattr(module, f"spawn{ending}", spawn)
    module.posix_spawn = module.posix_spawnp = execute
    module.fork = module.forkpty = fork


def install_subprocess(module):
    """Into ``subprocess``."""

    def start(self, args, *_arguments, **_options):
        self._child_created = False  # __del__ asks
        raise no_program(args)

    module.Popen.__init__ = start


def install_multiprocessing(module):
    """Into ``multiprocessing.context``."""

    def refuse(_self, *_arguments, **_options):
        raise OSError(errno.ENOSYS, NO_PROCESSES)

    shared = "Manager Pipe Pool Queue JoinableQueue SimpleQueue Value Array RawValue RawArray"
    locks = "Lock RLock Condition Semaphore BoundedSemaphore Event Barrier"
    for name in (*shared.split(), *locks.split()):
        setattr(module.BaseContext, name, refuse)
    module.process.BaseProcess.start = refuse


def install_process_executor(module):
    """Into ``concurrent.futures.process``."""

    def refuse():
        raise NotImplementedError(f"{NO_PROCESSES}; ThreadPoolExecutor works, too")

    module._check_system_limits = refuse


def install_socket(module):
    """Into ``socket``: the same exceptions, with a reason that helps."""

    def resolve(*_arguments, **_options):
        raise module.gaierror(module.EAI_NONAME, NO_NETWORK)

    def init(self, family=-1, type=-1, proto=-1, fileno=None):  # noqa: A002 - Python's signature
        try:
            original(self, family, type, proto, fileno)
        except OSError as error:
            if error.errno not in {errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT}:
                raise
            raise OSError(error.errno, NO_NETWORK) from None

    original = module.socket.__init__
    module.socket.__init__ = init
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo"):
        setattr(module, name, resolve)


def install_requests(module):
    """Into ``requests.adapters``."""

    def send(_self, request, **_options):
        raise module.ConnectionError(NO_NETWORK, request=request)

    module.HTTPAdapter.send = send


def install_webbrowser(module):
    """Into ``webbrowser``: no page was opened."""

    def open_nothing(_url, *_arguments, **_options):
        return False

    module.open = module.open_new = module.open_new_tab = open_nothing
