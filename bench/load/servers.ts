// Starts what is measured and what it is measured against, each as a program of its own on a fresh folder.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { applyPlan, startProduct, type Product } from '../../test/chaos/product.ts'
import { BENCH_PLAN } from './plan.ts'

const BARE = fileURLToPath(new URL('bare-server.ts', import.meta.url))

/** The product with the plan of the benchmarks, for as long as `work` takes. */
export const withProduct = async <T>(work: (product: Product) => Promise<T>): Promise<T> => {
  const dir = mkdtempSync(join(tmpdir(), 'windvane-bench-'))
  const product = await startProduct({ dir })
  try {
    await applyPlan(product, BENCH_PLAN)
    return await work(product)
  } finally {
    await product.kill()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** A bare server, by its port, for as long as `work` takes. */
export const withBare = async <T>(
  kind: 'node' | 'fastify',
  work: (port: number) => Promise<T>,
): Promise<T> => {
  const child = spawn(process.execPath, [BARE, kind], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())))
      child.once('error', reject)
    })
    return await work(port)
  } finally {
    child.kill('SIGKILL')
  }
}
