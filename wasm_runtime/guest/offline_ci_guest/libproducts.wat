;; numpy's loops of matmul for large matrices of floats: OpenBLAS multiplies them; what is small, or lies in memory as
;; BLAS cannot take it, goes to numpy's own loop. A side module; products.py links it and puts it into numpy.
;;
;; A loop is given pointers to the matrices A (m × n), B (n × p) and C = A B, the dimensions [count, m, n, p], and how
;; many bytes apart things are: [A, B, C of one product and the next, A's rows, A's columns, B's rows, B's columns,
;; C's rows, C's columns]. Source: numpy 2.4, numpy/_core/src/umath/matmul.c.src (@TYPE@_matmul).
(module
  ;; dylink.0: 12 bytes of memory, aligned to 4; no table.
  (@custom "dylink.0" (before first) "\01\04\0c\02\00\00")
  (type $loop (func (param i32 i32 i32 i32)))
  (import "env" "memory" (memory 1))
  (import "env" "__indirect_function_table" (table $table 1 funcref))
  ;; Here: the table entries of numpy's loops for double and float, and whether OpenBLAS has got its memory.
  (import "env" "__memory_base" (global $base i32))
  (import "env" "malloc" (func $malloc (param i32) (result i32)))
  (import "env" "free" (func $free (param i32)))
  ;; order, transA, transB, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc; Pyodide's build of it gives a number, of no use
  (import "env" "cblas_dgemm"
    (func $dgemm (param i32 i32 i32 i32 i32 i32 f64 i32 i32 i32 i32 f64 i32 i32) (result i32)))
  (import "env" "cblas_sgemm"
    (func $sgemm (param i32 i32 i32 i32 i32 i32 f32 i32 i32 i32 i32 f32 i32 i32) (result i32)))

  ;; Which loops to use for what is not for OpenBLAS.
  (func (export "set_own_loops") (param $double i32) (param $float i32)
    (i32.store (global.get $base) (local.get $double))
    (i32.store offset=4 (global.get $base) (local.get $float)))

  (func (export "double_matmul") (param $args i32) (param $dimensions i32) (param $steps i32) (param $data i32)
    (if (i32.eqz (call $multiply (local.get $args) (local.get $dimensions) (local.get $steps) (i32.const 8)))
      (then (call_indirect $table (type $loop)
        (local.get $args) (local.get $dimensions) (local.get $steps) (local.get $data)
        (i32.load (global.get $base))))))

  (func (export "float_matmul") (param $args i32) (param $dimensions i32) (param $steps i32) (param $data i32)
    (if (i32.eqz (call $multiply (local.get $args) (local.get $dimensions) (local.get $steps) (i32.const 4)))
      (then (call_indirect $table (type $loop)
        (local.get $args) (local.get $dimensions) (local.get $steps) (local.get $data)
        (i32.load offset=4 (global.get $base))))))

  ;; All products of a loop by OpenBLAS; 0 if they are not for it, and nothing was done.
  (func $multiply
    (param $args i32) (param $dimensions i32) (param $steps i32) (param $size i32) (result i32)
    (local $count i32) (local $m i32) (local $n i32) (local $p i32)
    (local $a i32) (local $b i32) (local $c i32)
    (local $lda i32) (local $ldb i32) (local $ldc i32)
    (local $order i32) (local $trans_a i32) (local $trans_b i32)
    (local.set $m (i32.load offset=4 (local.get $dimensions)))
    (local.set $n (i32.load offset=8 (local.get $dimensions)))
    (local.set $p (i32.load offset=12 (local.get $dimensions)))
    ;; With a vector there is nothing to gain, and with less than 40 × 40 × 40 not much.
    (if (i32.or (i32.lt_s (local.get $m) (i32.const 8))
          (i32.or (i32.lt_s (local.get $n) (i32.const 8)) (i32.lt_s (local.get $p) (i32.const 8))))
      (then (return (i32.const 0))))
    (if (f64.lt
          (f64.mul (f64.convert_i32_s (local.get $m))
            (f64.mul (f64.convert_i32_s (local.get $n)) (f64.convert_i32_s (local.get $p))))
          (f64.const 65536))
      (then (return (i32.const 0))))

    (local.set $lda (call $leading
      (i32.load offset=12 (local.get $steps)) (i32.load offset=16 (local.get $steps))
      (local.get $m) (local.get $n) (local.get $size)))
    (local.set $ldb (call $leading
      (i32.load offset=20 (local.get $steps)) (i32.load offset=24 (local.get $steps))
      (local.get $n) (local.get $p) (local.get $size)))
    (local.set $ldc (call $leading
      (i32.load offset=28 (local.get $steps)) (i32.load offset=32 (local.get $steps))
      (local.get $m) (local.get $p) (local.get $size)))
    (if (i32.or (i32.eqz (local.get $lda)) (i32.or (i32.eqz (local.get $ldb)) (i32.eqz (local.get $ldc))))
      (then (return (i32.const 0))))
    (if (i32.eqz (call $has_memory)) (then (return (i32.const 0))))

    ;; 101 for a result by rows, 102 for one by columns, as of `out=c.T`; 111 for a matrix that lies as the result does,
    ;; 112 for one that lies the other way.
    (local.set $order (i32.add (i32.const 101) (call $by_columns (local.get $ldc))))
    (local.set $trans_a (i32.add (i32.const 111)
      (i32.ne (call $by_columns (local.get $lda)) (call $by_columns (local.get $ldc)))))
    (local.set $trans_b (i32.add (i32.const 111)
      (i32.ne (call $by_columns (local.get $ldb)) (call $by_columns (local.get $ldc)))))
    (local.set $lda (call $absolute (local.get $lda)))
    (local.set $ldb (call $absolute (local.get $ldb)))
    (local.set $ldc (call $absolute (local.get $ldc)))
    (local.set $count (i32.load (local.get $dimensions)))
    (local.set $a (i32.load (local.get $args)))
    (local.set $b (i32.load offset=4 (local.get $args)))
    (local.set $c (i32.load offset=8 (local.get $args)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (if (i32.eq (local.get $size) (i32.const 8))
          (then (drop (call $dgemm
            (local.get $order) (local.get $trans_a) (local.get $trans_b)
            (local.get $m) (local.get $p) (local.get $n)
            (f64.const 1) (local.get $a) (local.get $lda) (local.get $b) (local.get $ldb)
            (f64.const 0) (local.get $c) (local.get $ldc))))
          (else (drop (call $sgemm
            (local.get $order) (local.get $trans_a) (local.get $trans_b)
            (local.get $m) (local.get $p) (local.get $n)
            (f32.const 1) (local.get $a) (local.get $lda) (local.get $b) (local.get $ldb)
            (f32.const 0) (local.get $c) (local.get $ldc)))))
        ;; A product with its own transpose is symmetric, to the last bit.
        (if (i32.and
              (i32.and (i32.eq (local.get $a) (local.get $b)) (i32.eq (local.get $m) (local.get $p)))
              (i32.and
                (i32.eq (i32.load offset=12 (local.get $steps)) (i32.load offset=24 (local.get $steps)))
                (i32.eq (i32.load offset=16 (local.get $steps)) (i32.load offset=20 (local.get $steps)))))
          (then (call $mirror (local.get $c) (local.get $m) (i32.mul (local.get $ldc) (local.get $size)) (local.get $size))))
        (local.set $a (i32.add (local.get $a) (i32.load (local.get $steps))))
        (local.set $b (i32.add (local.get $b) (i32.load offset=4 (local.get $steps))))
        (local.set $c (i32.add (local.get $c) (i32.load offset=8 (local.get $steps))))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (i32.const 1))

  ;; BLAS's leading dimension, in elements, of a matrix whose rows and whose columns are so many bytes apart: negative if
  ;; it lies by columns; 0 if BLAS cannot take it.
  (func $leading (param $row_step i32) (param $column_step i32) (param $rows i32) (param $columns i32) (param $size i32)
    (result i32)
    (if (call $has_lines (local.get $row_step) (local.get $column_step) (local.get $columns) (local.get $size))
      (then (return (i32.div_s (local.get $row_step) (local.get $size)))))
    (if (call $has_lines (local.get $column_step) (local.get $row_step) (local.get $rows) (local.get $size))
      (then (return (i32.sub (i32.const 0) (i32.div_s (local.get $column_step) (local.get $size))))))
    (i32.const 0))

  ;; Whether lines of `length` elements without gaps lie one behind the other, `line` bytes from one to the next.
  (func $has_lines (param $line i32) (param $element i32) (param $length i32) (param $size i32) (result i32)
    (i32.and
      (i32.eq (local.get $element) (local.get $size))
      (i32.and
        (i32.eqz (i32.and (local.get $line) (i32.sub (local.get $size) (i32.const 1))))
        (i32.ge_s (local.get $line) (i32.mul (local.get $length) (local.get $size))))))

  (func $by_columns (param $leading i32) (result i32)
    (i32.lt_s (local.get $leading) (i32.const 0)))

  (func $absolute (param $leading i32) (result i32)
    (select
      (i32.sub (i32.const 0) (local.get $leading)) (local.get $leading) (call $by_columns (local.get $leading))))

  ;; OpenBLAS takes 32 MiB when it is first used, and waits for ever if they are not there. Source: OpenBLAS 0.3.28,
  ;; driver/others/memory.c (blas_memory_alloc).
  (func $has_memory (result i32)
    (local $probe i32)
    (if (i32.eqz (i32.load offset=8 (global.get $base))) (then
      (local.set $probe (call $malloc (i32.const 0x2200000)))
      (call $free (local.get $probe))
      (i32.store offset=8 (global.get $base) (i32.ne (local.get $probe) (i32.const 0)))))
    (i32.load offset=8 (global.get $base)))

  ;; The lower triangle of an n × n matrix becomes the upper one; its lines are `line` bytes apart.
  (func $mirror (param $c i32) (param $n i32) (param $line i32) (param $size i32)
    (local $row i32) (local $column i32) (local $from i32) (local $to i32)
    (block $done
      (loop $rows
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br_if $done (i32.ge_s (local.get $row) (local.get $n)))
        (local.set $from (i32.add (local.get $c) (i32.mul (local.get $row) (local.get $line))))
        (local.set $to (i32.add (local.get $c) (i32.mul (local.get $row) (local.get $size))))
        (local.set $column (i32.const 0))
        (loop $columns
          (if (i32.eq (local.get $size) (i32.const 8))
            (then (i64.store (local.get $to) (i64.load (local.get $from))))
            (else (i32.store (local.get $to) (i32.load (local.get $from)))))
          (local.set $from (i32.add (local.get $from) (local.get $size)))
          (local.set $to (i32.add (local.get $to) (local.get $line)))
          (local.set $column (i32.add (local.get $column) (i32.const 1)))
          (br_if $columns (i32.lt_s (local.get $column) (local.get $row))))
        (br $rows)))))
