// Plays seeded worlds in workers of the calling bench: one seed at a time each, rows as they come.

import { Worker } from 'node:worker_threads'

const WORKERS = 2

/**
 * Rows of `names`, in the order they are done. `file` is the bench's own URL: run as a worker it must answer each
 * message, a name, with its row. Rejects with what a worker throws.
 */
export const playSeeds = async <Row>(
  file: URL,
  settings: object,
  names: readonly string[],
): Promise<readonly Row[]> => {
  const queue = [...names]
  const rows: Row[] = []
  const work = async (): Promise<void> => {
    const worker = new Worker(file, { workerData: settings })
    await new Promise<void>((resolve, reject) => {
      const next = (): void => {
        const name = queue.shift()
        if (name === undefined) resolve()
        else worker.postMessage(name)
      }
      worker.on('message', (row: Row) => {
        rows.push(row)
        if (process.stderr.isTTY) process.stderr.write(`\r${rows.length} of ${names.length} `)
        next()
      })
      worker.on('error', reject)
      next()
    })
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: Math.min(WORKERS, names.length) }, work))
  return rows
}
