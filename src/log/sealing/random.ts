// Random bytes from the system, fetched by the page: a call for each key and nonce would cost more than the key.

import { randomFillSync } from 'node:crypto'

const PAGE_BYTES = 4_096
const page = Buffer.alloc(PAGE_BYTES)
let used = PAGE_BYTES

/** `bytes` (at most a page) random bytes that nobody else was given. */
export const randomFrom = (bytes: number): Buffer => {
  if (used + bytes > PAGE_BYTES) {
    randomFillSync(page)
    used = 0
  }
  const drawn = Buffer.from(page.subarray(used, used + bytes))
  // Keys leave no second copy behind.
  page.fill(0, used, used + bytes)
  used += bytes
  return drawn
}
