"""System calls by family; importing this package registers them all."""

from __future__ import annotations

from offline_ci.emscripten.syscalls import attributes as attributes
from offline_ci.emscripten.syscalls import descriptors as descriptors
from offline_ci.emscripten.syscalls import heap as heap
from offline_ci.emscripten.syscalls import ioctl as ioctl
from offline_ci.emscripten.syscalls import mmap as mmap
from offline_ci.emscripten.syscalls import names as names
from offline_ci.emscripten.syscalls import poll as poll
from offline_ci.emscripten.syscalls import process as process
from offline_ci.emscripten.syscalls import sockets as sockets
from offline_ci.emscripten.syscalls import time as time
