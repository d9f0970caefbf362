"""What a side module's start function makes of its globals.

The linker gives a position-independent module one mutable global for each address that it needs and that depends on
where its memory and table entries are, and a start function that computes them; the same function clears .bss. Where
the module's place is known, the values are constants and the function is not needed.

Source: LLVM's ``lld/wasm/Writer.cpp``, ``createStartFunction`` and what it calls; WebAssembly core specification 3.0,
section 5.4.
"""

from __future__ import annotations

from collections.abc import Mapping

from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin.constexpr import read_value_type
from offline_ci.wasmbin.cursor import Cursor

_U32, _U64 = 0xFFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF
_MEMORY_FILL, _V128_STORE, _V128_CONST = 11, 11, 12


def globals_set_by_start(body: Cursor, known: Mapping[int, int]) -> dict[int, int]:
    """Values of the globals that a start function sets; what it stores in memory is left out.

    Args:
        body: of the function: locals and instructions.
        known: unsigned values of the immutable ``i32`` globals, by index.

    Raises:
        WasmFormatError: the function does more than compute addresses and clear memory.
    """
    for _ in range(body.count()):
        body.u32()
        read_value_type(body)
    run = _StraightLine(body, known)
    try:
        while body.remaining:
            run.step()
    except (IndexError, KeyError) as error:
        raise WasmFormatError(f"The start function uses an unknown value before byte {body.position}.") from error
    return run.set


class _StraightLine:
    """Evaluates instructions that do not branch.

    Attributes:
        set: values of the globals that were set, by index.
    """

    def __init__(self, body: Cursor, known: Mapping[int, int]) -> None:
        self.set: dict[int, int] = {}
        self._body = body
        self._known = known
        self._stack: list[int] = []
        self._locals: dict[int, int] = {}

    def step(self) -> None:
        """One instruction."""
        body, push, pop = self._body, self._stack.append, self._stack.pop
        match opcode := body.byte():
            case 0x41:  # i32.const
                push(body.signed(32) & _U32)
            case 0x42:  # i64.const
                push(body.signed(64) & _U64)
            case 0x23:  # global.get
                index = body.u32()
                push(self.set[index] if index in self.set else self._known[index])
            case 0x24:  # global.set
                self.set[body.u32()] = pop()
            case 0x20:  # local.get
                push(self._locals[body.u32()])
            case 0x21:  # local.set
                self._locals[body.u32()] = pop()
            case 0x22:  # local.tee
                self._locals[body.u32()] = self._stack[-1]
            case 0x6A:  # i32.add
                push((pop() + pop()) & _U32)
            case 0x36 | 0x37:  # i32.store, i64.store
                self._store()
            case 0xFC if body.u32() == _MEMORY_FILL:
                body.byte()
                pop(), pop(), pop()
            case 0xFD:
                self._vector(body.u32())
            case 0x0B if not body.remaining and not self._stack:  # end
                pass
            case _:
                raise WasmFormatError(
                    f"The start function has the instruction {opcode:#x}, or one too many, before byte {body.position}."
                )

    def _vector(self, opcode: int) -> None:
        if opcode == _V128_CONST:
            self._stack.append(int.from_bytes(self._body.take(16), "little"))
        elif opcode == _V128_STORE:
            self._store()
        else:
            raise WasmFormatError(
                f"The start function has the vector instruction {opcode} before byte {self._body.position}."
            )

    def _store(self) -> None:
        self._body.u32()  # alignment
        self._body.u32()  # offset
        self._stack.pop()
        self._stack.pop()
