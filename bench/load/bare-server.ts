// Servers that do nothing but answer, to hold ours against: `node` reads the body and says yes, `fastify`
// also parses and validates a decision's question and answers as much as a decision takes.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { decideRequestSchema, decideResponseSchema } from '../../src/api/placements.ts'

const ANSWER = {
  decisionId: 'dec:hero:bench-0000000000:p00001',
  campaignId: 'hero',
  actionId: 'hero4/now',
  content: { title: 'Offer 4 for you', image: '/img/4.jpg', link: 'https://shop.example/4' },
  reason: null,
}

const listenNode = async (): Promise<number> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': 16 })
      response.end('{"success":true}')
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  return (server.address() as AddressInfo).port
}

const listenFastify = async (): Promise<number> => {
  const app = Fastify({ logger: false })
  app.post(
    '/v1/decide',
    { schema: { body: decideRequestSchema, response: { 200: decideResponseSchema } } },
    async () => ANSWER,
  )
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

if (import.meta.main) console.log(await (process.argv[2] === 'fastify' ? listenFastify() : listenNode()))
