// Typed arrays that grow by doubling, and numbers in them.

type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array

/** `array` itself when it holds `length` numbers, else a copy of at least twice its size. */
export const grown = <T extends NumberArray>(array: T, length: number): T => {
  if (array.length >= length) return array
  let capacity = Math.max(array.length, 4)
  while (capacity < length) capacity *= 2
  const bigger = new (array.constructor as new (length: number) => T)(capacity)
  bigger.set(array)
  return bigger
}

/** A number inside the array; the caller vouches for the index. */
export const at = (array: NumberArray, index: number): number => array[index] as number
