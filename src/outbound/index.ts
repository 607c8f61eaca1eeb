// Requests that leave for hosts we do not know: each address is vetted at the moment of connecting.

export { createVettedFetch, type VettedFetch, type VettedFetchOptions } from './vetted-fetch.ts'
export { isPublicAddress, vettedLookup, vetUrl, type Resolve } from './vetted-lookup.ts'
