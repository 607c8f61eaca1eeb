// What is used of libsodium as compiled to WebAssembly: the package brings no types. Numbers are places in its memory.

declare module 'libsodium-sumo' {
  type Sodium = {
    readonly HEAPU8: Uint8Array
    readonly _malloc: (bytes: number) => number
    /** 32 bytes from 16 bytes and a key; `constant`: 0 for the usual one. */
    readonly _crypto_core_hchacha20: (to: number, from: number, key: number, constant: number) => number
    /** `ic`: the block that the stream begins at; the length in two halves of 32 bits. */
    readonly _crypto_stream_chacha20_ietf_xor_ic: (
      to: number,
      from: number,
      lengthLow: number,
      lengthHigh: number,
      nonce: number,
      ic: number,
      key: number,
    ) => number
  }
  const createSodium: () => Promise<Sodium>
  export default createSodium
}
