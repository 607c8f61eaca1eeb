// How a long-running command ends: on SIGTERM or SIGINT it finishes what is under way; asked twice, at once; and after a
// while in any case, as after a crash, from which nothing is lost.

/** Sending is bounded by itself (`end-sending.ts`); this is for whatever else may hang; a snapshot of much state takes its time. */
const END_MS_MAX = 60_000

/** Resolves when told to end and `close` is done. `onStop` hears SIGUSR2, the signal that stops all sending. */
export const untilToldToEnd = async (
  close: () => Promise<void>,
  onStop: () => void,
  onLate: (message: string) => void,
): Promise<void> => {
  await new Promise<void>((resolve) => {
    let asked = false
    const end = (): void => {
      if (asked) process.exit(130)
      asked = true
      resolve()
    }
    process.on('SIGTERM', end)
    process.on('SIGINT', end)
    process.on('SIGUSR2', onStop)
  })
  const timer = setTimeout(() => {
    onLate(`Did not end within ${END_MS_MAX / 1_000} s: left as after a crash. The next start clears up.`)
    process.exit(1)
  }, END_MS_MAX)
  await close()
  clearTimeout(timer)
}
