// How a long-running command ends: on SIGTERM or SIGINT it finishes what is under way; asked twice, at once.

/** Resolves when told to end and `close` is done. `onStop` hears SIGUSR2, the signal that stops all sending. */
export const untilToldToEnd = async (close: () => Promise<void>, onStop: () => void): Promise<void> => {
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
  await close()
}
