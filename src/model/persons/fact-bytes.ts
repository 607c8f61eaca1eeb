// Facts of one person as bytes in one array, nine for each: when, what, how much. Tens of thousands of people are kept
// so; an array for each column would be three to reach and three to grow.

import { grown } from './typed.ts'

const FACT_BYTES = 9
const float = new Float32Array(1)
const floatBytes = new Uint8Array(float.buffer)

export const createFactBytes = (facts: number): Uint8Array => new Uint8Array(facts * FACT_BYTES)

/** The array with the fact written as its `index`-th, larger where there was no room. */
export const withFact = (
  bytes: Uint8Array,
  index: number,
  { seconds, code, amount }: { readonly seconds: number; readonly code: number; readonly amount: number },
): Uint8Array => {
  const from = index * FACT_BYTES
  const roomy = grown(bytes, from + FACT_BYTES)
  roomy[from] = seconds
  roomy[from + 1] = seconds >>> 8
  roomy[from + 2] = seconds >>> 16
  roomy[from + 3] = seconds >>> 24
  roomy[from + 4] = code
  float[0] = amount
  for (let i = 0; i < 4; i++) roomy[from + 5 + i] = floatBytes[i] as number
  return roomy
}

/** Seconds since 1970. */
export const secondsIn = (bytes: Uint8Array, index: number): number => {
  const from = index * FACT_BYTES
  const [low, mid, high, top] = [bytes[from], bytes[from + 1], bytes[from + 2], bytes[from + 3]] as [
    number,
    number,
    number,
    number,
  ]
  return (low | (mid << 8) | (high << 16) | (top << 24)) >>> 0
}

export const codeIn = (bytes: Uint8Array, index: number): number => bytes[index * FACT_BYTES + 4] as number

/** A 32-bit float. */
export const amountIn = (bytes: Uint8Array, index: number): number => {
  for (let i = 0; i < 4; i++) floatBytes[i] = bytes[index * FACT_BYTES + 5 + i] as number
  return float[0] as number
}
