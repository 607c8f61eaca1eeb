// How a slice's folded state is written to a snapshot and read back: named columns of JSON or of
// numbers. The same state must give the same bytes, however it came about.

import type { Json } from '../kernel/json.ts'

export type Column = Json | Uint8Array | Uint32Array | Int32Array | Float32Array | Float64Array
export type Dump = { readonly [name: string]: Column }
