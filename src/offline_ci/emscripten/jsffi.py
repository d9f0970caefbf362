"""Imports that only make sense beside JavaScript.

Pyodide's foreign function interface lets Python hold JavaScript objects. There is no JavaScript here, its start-up
code never runs, and the modules ``js`` and ``pyodide_js`` do not exist; so these functions are unreachable from Python
code, and trap. The few that run although nobody uses JavaScript say "nothing there". Source: Pyodide 314.0.3
``src/core``; the signatures are the pinned main module's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from offline_ci.emscripten.registry import Handler, Support, env

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host

_FOREIGN_FUNCTIONS = """
e: JsvArray_New JsvLiteralMap_New JsvMap_New JsvObject_New JsvSet_New Jsv_GetError_import get_suspender
    my_dict_converter restore_stderr saveState
i: can_run_sync_js jslib_init_buffers_js jslib_init_js
v: JsvPromise_Syncify_handleError capture_stderr fail_test pyodide_js_init throw_no_gil
ed: JsvNum_fromDouble
ee: JsArray_reversed_iterator JsMap_GetIter_js JsModule_GetAll_js JsObjMap_GetIter_js JsProxy_Dir_js
    JsProxy_GetAsyncIter_js JsProxy_GetIter_js JsProxy_aexit_js JsProxy_to_weakref_js JsvArray_ShallowCopy
    JsvObject_Entries JsvObject_Keys JsvObject_Values JsvObject_toString JsvPromise_Resolve Jsv_BigIntToNum
    Jsv_typeof get_async_js_call_done_callback
ei: JsvBigInt_fromInt JsvNum_fromInt JsvUTF8ToString pyproxy_new
ie: JsArray_reverse_js JsDoubleProxy_unwrap_js JsMap_clear_js JsObjMap_length_js JsProxy_Bool_js
    JsProxy_exit_js JsvArray_Check JsvAsyncGenerator_Check JsvError_Check JsvFunction_Check
    JsvGenerator_Check JsvNoValue_Check JsvNum_toInt JsvPromise_Check Jsv_constructorName Jsv_to_bool
    destroy_proxies_js get_length_helper get_length_string is_comlink_proxy js2python_immutable_js
    js2python_js pyproxy_AsPyObject pyproxy_Check
ve: JsvError_Throw destroy_jsarray_entries gc_register_proxies raw_call_js restoreState set_pyodide_module
    set_suspender
eee: JsObjMap_subscript_js JsProxy_subscript_js JsvFunction_Call_OneArg JsvFunction_Construct
    JsvObject_CallMethod_NoArgs _JsArray_PostProcess_helper syncifyHandler wrap_async_generator
    wrap_generator
eei: JsArray_repeat_js JsBuffer_DecodeString_js JsProxy_GetAttr_js JsvArray_Delete JsvArray_Get
    _python2js_cache_lookup proxy_cache_get python2js__default_converter_js python2js__eager_converter_js
eie: _pyproxyGen_make_result
eii: JsvBigInt_fromDigits _python2js_ascii _python2js_ucs1 _python2js_ucs2 _python2js_ucs4 array_to_js
    create_once_callable
iee: JsArray_count_js JsObjMap_contains_js JsvArray_Push JsvSet_Add Jsv_equal Jsv_greater_than
    Jsv_greater_than_equal Jsv_less_than Jsv_less_than_equal Jsv_not_equal
iei: JsArray_inplace_repeat_js JsProxy_DelAttr_js JsProxy_compute_typeflags JsvBuffer_assignFromPtr
    JsvBuffer_assignToPtr JsvBuffer_intoFile JsvBuffer_readFromFile JsvBuffer_writeToFile
vee: JsvArray_Extend _python2js_handle_postprocess_list
vei: destroy_proxies destroy_proxy
vii: hiwire_invalid_ref_js
eeee: JsvFunction_CallBound JsvObject_CallMethod JsvObject_CallMethod_OneArg
eeii: handle_next_result_js
eiei: new_error
eiii: JsException_new_helper
ieee: JsObjMap_ass_subscript_js JsvMap_Set JsvObject_SetAttr _JsArray_PushEntry_helper _JsObject_Set_js
ieie: JsProxy_SetAttr_js JsvArray_Insert JsvArray_Set _python2js_add_to_cache js2python_convert
iiii: emscripten_asm_const_int
veie: proxy_cache_set
eeeee: JsvObject_CallMethod_TwoArgs
eiiei: create_promise_handles
ieeii: JsArray_index_js
veeei: _python2js_addto_postprocess_list
eeiiii: JsvArray_slice
eieeee: python2js_custom__create_jscontext
eiiiii: pyproxy_new_ex
ieiiii: _agen_handle_result_js
veiiii: JsBuffer_get_info
eiiiiiii: _python2js_buffer_inner
ieiiiiii: JsvArray_slice_assign
eiiiiiieeiiii: _pyproxy_get_buffer_result
"""
"""Signature, then names; a line that is indented goes on with the one before."""

_NOTE = "JavaScript's side of Pyodide's foreign function interface"


def _trap(name: str) -> Handler:
    def handler(host: Host, *_arguments: object) -> NoReturn:
        host.refuse(f"{name} (JavaScript)")

    return handler


for _line in _FOREIGN_FUNCTIONS.strip().replace("\n    ", " ").splitlines():
    _signature, _, _names = _line.partition(": ")
    for _name in _names.split():
        env(_name, _signature, support=Support.TRAP, note=_NOTE)(_trap(_name))

for _name, _signature in {
    "emscripten_promise_create": "i",
    "emscripten_promise_resolve": "viip",
    "emscripten_promise_destroy": "vi",
}.items():
    env(_name, _signature, support=Support.TRAP, note="JavaScript's promises")(_trap(_name))

env(
    "_PyEM_TrampolineCall_JS", "ipppp", support=Support.TRAP,
    note="CPython's calls of mistyped C functions; the trampoline module does it without leaving wasm",
)(_trap("_PyEM_TrampolineCall_JS"))  # fmt: skip


def _nothing(host: Host, *_arguments: object) -> None:
    """No object, and no result."""


def _zero(host: Host, *_arguments: object) -> int:
    """Not found, or not handled: the caller goes on without JavaScript."""
    return 0


for _name, _signature in {
    "__hiwire_deduplicate_new": "e",
    "__hiwire_deduplicate_set": "veei",
    "__hiwire_deduplicate_delete": "vee",
}.items():
    env(_name, _signature, support=Support.REFUSED, note="a table of JavaScript objects, always empty")(_nothing)
env("__hiwire_deduplicate_get", "iee", support=Support.REFUSED, note="a table of JavaScript objects, always empty")(
    _zero
)

for _name in ("_maybe_connect_async", "_maybe_recvfrom_async", "_maybe_sendto_async", "_maybe_poll_async"):
    env(_name, "eiii", support=Support.REFUSED, note="null: no promise, the ordinary system call follows")(_nothing)

for _name, _signature in {"_try_fcntl64": "iiiip", "_try_shutdown": "iiip"}.items():
    env(_name, _signature, support=Support.REFUSED, note="0: not handled, the ordinary system call follows")(_zero)

env(
    "emscripten_set_up_async_input_device_js", "i", support=Support.REFUSED,
    note="of CPython's own tests; 0 tells them that there is no such device",
)(_zero)  # fmt: skip
