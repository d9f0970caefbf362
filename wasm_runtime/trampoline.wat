;; Calls a PyCFunction with as many arguments as its wasm type takes, without leaving wasm.
;;
;; C code casts functions of fewer parameters to PyCFunctionWithKeywords; wasm's call_indirect traps on that. CPython 3.14
;; therefore calls through a trampoline (Python/emscripten_trampoline.c), whose table index the host puts into
;; _PyRuntime + _PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET before the interpreter starts.
;;
;; trampoline_call(success: i32*, function, a, b, c) -> result; *success is 0 where no arity fits.
(module
  (type $three (func (param i32 i32 i32) (result i32)))
  (type $two (func (param i32 i32) (result i32)))
  (type $one (func (param i32) (result i32)))
  (type $zero (func (result i32)))
  (import "env" "memory" (memory 1))
  (import "env" "__indirect_function_table" (table $table 1 funcref))
  (func (export "trampoline_call")
    (param $success i32) (param $function i32) (param $a i32) (param $b i32) (param $c i32) (result i32)
    (local $ref funcref)
    (i32.store (local.get $success) (i32.const 1))
    (local.set $ref (table.get $table (local.get $function)))
    (if (ref.test (ref $three) (local.get $ref))
      (then (return (call_indirect $table (type $three)
        (local.get $a) (local.get $b) (local.get $c) (local.get $function)))))
    (if (ref.test (ref $two) (local.get $ref))
      (then (return (call_indirect $table (type $two) (local.get $a) (local.get $b) (local.get $function)))))
    (if (ref.test (ref $one) (local.get $ref))
      (then (return (call_indirect $table (type $one) (local.get $a) (local.get $function)))))
    (if (ref.test (ref $zero) (local.get $ref))
      (then (return (call_indirect $table (type $zero) (local.get $function)))))
    (i32.store (local.get $success) (i32.const 0))
    (i32.const 0)))
