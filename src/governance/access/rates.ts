// How many requests somebody may make: a bucket that fills at a steady rate and holds one burst.

export type Rate = {
  /** Requests a second, in the long run; 0 = no limit. */
  readonly perSecond: number
  /** At once, after a rest. */
  readonly burst: number
}

export type Rates = {
  /** Takes one; 0 when it may pass, else the ms until it would. */
  readonly take: (who: string, rate: Rate, now: number) => number
}

type Bucket = { level: number; at: number }

/** Buckets remembered; one that is forgotten is full again. */
const BUCKETS_MAX = 50_000

export const createRates = (bucketsMax = BUCKETS_MAX): Rates => {
  const buckets = new Map<string, Bucket>()
  return {
    take: (who, { perSecond, burst }, now) => {
      if (perSecond <= 0) return 0
      let bucket = buckets.get(who)
      if (bucket === undefined) {
        if (buckets.size >= bucketsMax) buckets.delete(buckets.keys().next().value ?? '')
        bucket = { level: burst, at: now }
        buckets.set(who, bucket)
      }
      // A clock that was put back must not drain it.
      const passed = Math.max(0, now - bucket.at)
      bucket.level = Math.min(burst, bucket.level + (passed / 1_000) * perSecond)
      bucket.at = now
      if (bucket.level >= 1) {
        bucket.level -= 1
        return 0
      }
      return Math.ceil(((1 - bucket.level) / perSecond) * 1_000)
    },
  }
}
