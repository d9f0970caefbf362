"""An event loop for asyncio where there are no sockets: it sleeps, and lets threads run."""

import signal

from offline_ci_guest import refusals, threads


class Sleeper:
    """The loop's selector: nothing can be selected, so all that it does is to wait."""

    def __init__(self, loop):
        self._loop = loop

    def select(self, timeout=None):
        """Wait until something is to be done or the next timer is due."""
        threads.wait(lambda: bool(self._loop._ready), timeout)
        return []

    def register(self, fileobj, events, data=None):
        """Refuse: there is nothing to wait for but time."""
        raise OSError(refusals.NO_NETWORK)

    modify = register

    def unregister(self, fileobj):
        """It was not registered."""
        raise KeyError(fileobj)

    get_key = unregister

    def get_map(self):
        """What is registered."""
        return {}

    def close(self):
        """Nothing."""


def install_selector_events(module):
    """Into ``asyncio.selector_events``: no socket to oneself, since nobody has to be woken."""

    def make_self_pipe(self):
        self._selector.close()
        self._selector = Sleeper(self)
        self._internal_fds += 1

    def close_self_pipe(self):
        self._internal_fds -= 1

    def write_to_self(self):
        pass

    module.BaseSelectorEventLoop._make_self_pipe = make_self_pipe
    module.BaseSelectorEventLoop._close_self_pipe = close_self_pipe
    module.BaseSelectorEventLoop._write_to_self = write_to_self


def install_unix_events(module):
    """Into ``asyncio.unix_events``: signals without a descriptor, and no programs."""

    def add_signal_handler(self, sig, callback, *args):
        self._check_signal(sig)
        self._signal_handlers[sig] = module.events.Handle(callback, args, self, None)
        signal.signal(sig, lambda *_: self.call_soon_threadsafe(callback, *args))

    async def make_subprocess_transport(_self, _protocol, args, *_arguments, **_options):
        raise refusals.no_program(args)

    module._UnixSelectorEventLoop.add_signal_handler = add_signal_handler
    module._UnixSelectorEventLoop._make_subprocess_transport = make_subprocess_transport
