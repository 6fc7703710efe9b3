;; Writes result rows as JSON (protocol/cell.ts) next to SQLite, in its own memory: of the values of a row, three calls each
;; would otherwise cross from JavaScript into WebAssembly and back. `node scripts/assemble-row-writer.ts` makes
;; row-writer.wasm of it.
;;
;; It has no memory, no table and no state of its own. What takes more than copying (a text that JSON escapes, that is not
;; ASCII or does not fit, a number beyond what a double tells exactly, a real, a blob) is left to `host.cell`.
(module
  (import "env" "memory" (memory 1))
  (import "sqlite" "sqlite3_column_type" (func $type_of (param $statement i32) (param $column i32) (result i32)))
  (import "sqlite" "sqlite3_column_int64" (func $int64_of (param $statement i32) (param $column i32) (result i64)))
  (import "sqlite" "sqlite3_column_text" (func $text_of (param $statement i32) (param $column i32) (result i32)))
  (import "sqlite" "sqlite3_column_bytes" (func $bytes_of (param $statement i32) (param $column i32) (result i32)))
  ;; Sends what stands before $at; gives where to go on.
  (import "host" "room" (func $room (param $at i32) (result i32)))
  ;; Writes the value at $at, however long it is; gives the place behind it.
  (import "host" "cell" (func $cell_of_host (param $statement i32) (param $column i32) (param $at i32) (result i32)))

  ;; The digits of a number of at most 53 bits, with its sign: at most 17 bytes. Gives the place behind them.
  (func $write_integer (param $value i64) (param $at i32) (result i32)
    (local $rest i64) (local $behind i32)
    (if (i64.lt_s (local.get $value) (i64.const 0))
      (then
        (i32.store8 (local.get $at) (i32.const 0x2d)) ;; -
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $value (i64.sub (i64.const 0) (local.get $value)))))
    (local.set $behind (local.get $at))
    (local.set $rest (local.get $value))
    (loop $count
      (local.set $behind (i32.add (local.get $behind) (i32.const 1)))
      (local.set $rest (i64.div_u (local.get $rest) (i64.const 10)))
      (br_if $count (i64.ne (local.get $rest) (i64.const 0))))
    (local.set $at (local.get $behind))
    (loop $digit
      (local.set $rest (i64.div_u (local.get $value) (i64.const 10)))
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (i32.store8 (local.get $at)
        (i32.add
          (i32.const 0x30) ;; 0
          (i32.wrap_i64 (i64.sub (local.get $value) (i64.mul (local.get $rest) (i64.const 10))))))
      (local.set $value (local.get $rest))
      (br_if $digit (i64.ne (local.get $value) (i64.const 0))))
    (local.get $behind))

  ;; Copies a text while all of it is ASCII that JSON takes as it is. Gives the place behind the copy, or 0.
  (func $copy_plain (param $from i32) (param $length i32) (param $to i32) (result i32)
    (local $end i32) (local $sixteen v128) (local $byte i32)
    (local.set $end (i32.add (local.get $from) (local.get $length)))
    (block $few
      (loop $next
        (br_if $few (i32.lt_u (i32.sub (local.get $end) (local.get $from)) (i32.const 16)))
        (local.set $sixteen (v128.load (local.get $from)))
        (if
          (v128.any_true
            (v128.or
              ;; As numbers with a sign, bytes beyond ASCII are below a blank, too.
              (i8x16.lt_s (local.get $sixteen) (i8x16.splat (i32.const 0x20)))
              (v128.or
                (i8x16.eq (local.get $sixteen) (i8x16.splat (i32.const 0x22))) ;; "
                (i8x16.eq (local.get $sixteen) (i8x16.splat (i32.const 0x5c)))))) ;; \
          (then (return (i32.const 0))))
        (v128.store (local.get $to) (local.get $sixteen))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (br $next)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $from) (local.get $end)))
        (local.set $byte (i32.load8_s (local.get $from)))
        (if
          (i32.or
            (i32.lt_s (local.get $byte) (i32.const 0x20))
            (i32.or
              (i32.eq (local.get $byte) (i32.const 0x22)) ;; "
              (i32.eq (local.get $byte) (i32.const 0x5c)))) ;; \
          (then (return (i32.const 0))))
        (i32.store8 (local.get $to) (local.get $byte))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (br $next)))
    (local.get $to))

  ;; One value at $at, where there is room for a number. Gives the place behind it.
  (func $write_cell (param $statement i32) (param $column i32) (param $at i32) (param $end i32) (result i32)
    (local $type i32) (local $value i64) (local $text i32) (local $length i32) (local $behind i32)
    (local.set $type (call $type_of (local.get $statement) (local.get $column)))
    (if (i32.eq (local.get $type) (i32.const 3)) ;; SQLITE_TEXT
      (then
        (local.set $text (call $text_of (local.get $statement) (local.get $column)))
        (local.set $length (call $bytes_of (local.get $statement) (local.get $column)))
        (if (i32.le_s (i32.add (local.get $length) (i32.const 2)) (i32.sub (local.get $end) (local.get $at)))
          (then
            (local.set $behind
              (call $copy_plain (local.get $text) (local.get $length) (i32.add (local.get $at) (i32.const 1))))
            (if (local.get $behind)
              (then
                (i32.store8 (local.get $at) (i32.const 0x22)) ;; "
                (i32.store8 (local.get $behind) (i32.const 0x22))
                (return (i32.add (local.get $behind) (i32.const 1)))))))))
    (if (i32.eq (local.get $type) (i32.const 1)) ;; SQLITE_INTEGER
      (then
        (local.set $value (call $int64_of (local.get $statement) (local.get $column)))
        (if
          (i32.and
            (i64.le_s (local.get $value) (i64.const 9007199254740991))
            (i64.ge_s (local.get $value) (i64.const -9007199254740991)))
          (then (return (call $write_integer (local.get $value) (local.get $at)))))))
    (if (i32.eq (local.get $type) (i32.const 5)) ;; SQLITE_NULL
      (then
        (i32.store (local.get $at) (i32.const 0x6c6c756e)) ;; null
        (return (i32.add (local.get $at) (i32.const 4)))))
    (call $cell_of_host (local.get $statement) (local.get $column) (local.get $at)))

  ;; The statement's current row of $count columns as one JSON array at $at. What does not fit before $end is sent on the
  ;; way. Gives the place behind it, which is at least 2 bytes before $end.
  (func (export "row") (param $statement i32) (param $count i32) (param $at i32) (param $end i32) (result i32)
    (local $column i32) (local $before i32)
    (local.set $before (i32.const 0x5b)) ;; [
    (loop $next
      ;; What stands before the value, and a number of 17 bytes.
      (if (i32.lt_s (i32.sub (local.get $end) (local.get $at)) (i32.const 18))
        (then (local.set $at (call $room (local.get $at)))))
      (i32.store8 (local.get $at) (local.get $before))
      (local.set $at
        (call $write_cell
          (local.get $statement)
          (local.get $column)
          (i32.add (local.get $at) (i32.const 1))
          (local.get $end)))
      (local.set $before (i32.const 0x2c)) ;; ,
      (local.set $column (i32.add (local.get $column) (i32.const 1)))
      (br_if $next (i32.ne (local.get $column) (local.get $count))))
    ;; The bracket, and what ends a batch behind it.
    (if (i32.lt_s (i32.sub (local.get $end) (local.get $at)) (i32.const 3))
      (then (local.set $at (call $room (local.get $at)))))
    (i32.store8 (local.get $at) (i32.const 0x5d)) ;; ]
    (i32.add (local.get $at) (i32.const 1))))
