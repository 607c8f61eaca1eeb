// Typed arrays that grow by doubling: one long-lived array per column and no object per profile.

export type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array

const LARGE_BYTES = 4 * 1024 * 1024
const MAPPED_BYTES = 36 * 1024 * 1024

/**
 * `array` itself when it holds `length` numbers, else a copy of at least twice its size. Large arrays skip
 * to a size that the C library maps on its own: pages nobody touched cost nothing, and an outgrown array
 * goes back to the system whole instead of leaving a hole in the heap.
 */
export const grown = <T extends NumberArray>(array: T, length: number): T => {
  if (array.length >= length) return array
  let capacity = Math.max(array.length, 16)
  while (capacity < length) capacity *= 2
  const bytes = capacity * array.BYTES_PER_ELEMENT
  if (bytes > LARGE_BYTES && bytes < MAPPED_BYTES) capacity = MAPPED_BYTES / array.BYTES_PER_ELEMENT
  const bigger = new (array.constructor as new (length: number) => T)(capacity)
  bigger.set(array)
  return bigger
}

/** A number inside the array; the caller vouches for the index. What runs for each event reads arrays itself: a reader of all kinds of them is slow. */
export const at = (array: NumberArray, index: number): number => array[index] as number
