// What is turned away when too much comes in, and that places come back.

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import Fastify from 'fastify'
import { admit, createRoom } from './admission.ts'
import { acceptRawJson } from './body.ts'
import { createErrorHandler } from './errors.ts'

const LIMITS = { requestsMax: 2, bytesMax: 100, bodyBytesMax: 80, receivingBytesMax: 200 }

describe('admission', () => {
  it('lets in so many requests and bytes, and one of any size when it is alone', () => {
    const admission = createRoom(LIMITS)
    assert.equal(admission.hasRoom(1_000), true)
    admission.enter(60)
    assert.equal(admission.hasRoom(41), false)
    assert.equal(admission.hasRoom(40), true)
    admission.enter(40)
    assert.equal(admission.hasRoom(0), false)
    admission.leave(60)
    assert.equal(admission.hasRoom(40), true)
    assert.deepEqual(admission.underWay(), { requests: 1, bytes: 40 })
  })

  it('answers 429 with Retry-After beyond it, and takes more once the first are answered', async () => {
    const app = Fastify()
    app.setErrorHandler(createErrorHandler(() => undefined))
    const admission = admit(app, LIMITS)
    const answers: (() => void)[] = []
    app.post('/slow', async () => {
      await new Promise<void>((resolve) => answers.push(resolve))
      return 'done'
    })
    const post = async () => await app.inject({ method: 'POST', url: '/slow', payload: { a: 1 } })
    const first = [post(), post()]
    while (answers.length < 2) await new Promise((resolve) => setImmediate(resolve))
    const refused = await post()
    assert.equal(refused.statusCode, 429)
    assert.equal(refused.headers['retry-after'], '1')
    assert.equal(refused.json<{ error: { code: string } }>().error.code, 'http.overloaded')
    for (const answer of answers.splice(0)) answer()
    assert.deepEqual(
      (await Promise.all(first)).map(({ statusCode }) => statusCode),
      [200, 200],
    )
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(admission.underWay(), { requests: 0, bytes: 0 })
    const again = post()
    while (answers.length < 1) await new Promise((resolve) => setImmediate(resolve))
    answers[0]?.()
    assert.equal((await again).statusCode, 200)
    await app.close()
  })

  it('gives the place back when the client hangs up, and keeps none for a body that never comes', async () => {
    const app = Fastify({ forceCloseConnections: true })
    const admission = admit(app, LIMITS)
    app.post('/slow', async () => await new Promise<void>((resolve) => setTimeout(resolve, 2_000).unref()))
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const send = (body: string, announced: number) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(
        `POST /slow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${announced}\r\n\r\n${body}`,
      )
      return socket
    }
    const until = async (requests: number) => {
      for (let tries = 0; admission.underWay().requests !== requests && tries < 500; tries++)
        await new Promise((resolve) => setTimeout(resolve, 5))
      assert.equal(admission.underWay().requests, requests)
    }
    const whole = send('{"a":1}', 7)
    await until(1)
    const half = send('{"a"', 50)
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal(admission.underWay().requests, 1)
    whole.destroy()
    await until(0)
    half.destroy()
    await app.close()
  })

  it('where it is patient, whole bodies wait their turn in the order they came, within the room of what is on its way', async () => {
    const app = Fastify({ forceCloseConnections: true })
    app.setErrorHandler(createErrorHandler(() => undefined))
    const { underWay, receiving, ...taking } = admit(app, { ...LIMITS, requestsMax: 1, patient: true })
    acceptRawJson(app, 1_000, taking)
    const begun: unknown[] = []
    const answers: (() => void)[] = []
    app.post('/slow', async ({ body }) => {
      begun.push((body as { readonly value: { readonly a: number } }).value.a)
      await new Promise<void>((resolve) => answers.push(resolve))
      return 'done'
    })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const post = (a: number) => {
      const body = JSON.stringify({ a }).padEnd(60)
      const socket = connect(port, '127.0.0.1')
      const answered = new Promise<string>((resolve) => {
        socket.once('data', (chunk) => resolve(chunk.toString().slice(9, 12)))
      })
      socket.on('error', () => undefined)
      socket.write(
        `POST /slow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
      return { socket, answered }
    }
    const until = async (holds: () => boolean) => {
      for (let tries = 0; !holds() && tries < 1_000; tries++)
        await new Promise((resolve) => setTimeout(resolve, 5))
      assert.ok(holds(), holds.toString())
    }
    const first = post(1)
    await until(() => begun.length === 1)
    const second = post(2)
    await until(() => receiving().requests === 1)
    const third = post(3)
    await until(() => receiving().requests === 2)
    const fourth = post(4)
    await until(() => receiving().requests === 3)
    // A fifth finds no room to wait in.
    assert.equal(await post(5).answered, '429')
    third.socket.destroy()
    await until(() => receiving().requests === 2)
    assert.deepEqual([begun, underWay().requests], [[1], 1])
    for (const one of [first, second, fourth]) {
      await until(() => answers.length === 1)
      answers.shift()?.()
      assert.equal(await one.answered, '200')
    }
    assert.deepEqual(begun, [1, 2, 4])
    await until(() => underWay().requests === 0 && receiving().requests === 0)
    assert.deepEqual([underWay().bytes, receiving().bytes], [0, 0])
    for (const { socket } of [first, second, fourth]) socket.destroy()
    await app.close()
  })

  it('a packed body counts as the largest until it is unpacked, then as what it is', async () => {
    const app = Fastify()
    const { underWay, ...taking } = admit(app, LIMITS)
    acceptRawJson(app, 1_000, taking)
    const held: number[] = []
    app.post('/packed', async () => {
      held.push(underWay().bytes)
      return 'done'
    })
    const payload = gzipSync('{"a":1}')
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    await app.inject({ method: 'POST', url: '/packed', payload, headers })
    assert.deepEqual(held, [7])
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(underWay().bytes, 0)
    await app.close()
  })

  it('turns a whole body away before it is parsed, and bounds what is on its way', async () => {
    const app = Fastify({ forceCloseConnections: true })
    app.setErrorHandler(createErrorHandler(() => undefined))
    const { underWay, receiving, ...taking } = admit(app, LIMITS)
    acceptRawJson(app, 1_000, taking)
    app.post('/slow', async () => await new Promise<void>((resolve) => setTimeout(resolve, 20_000).unref()))
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const send = (body: string, announced: number) => {
      const socket = connect(port, '127.0.0.1')
      const answered = new Promise<string>((resolve) => {
        socket.once('data', (chunk) => resolve(chunk.toString().slice(9, 12)))
      })
      socket.on('error', () => undefined)
      socket.write(
        `POST /slow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${announced}\r\n\r\n${body}`,
      )
      return { socket, answered }
    }
    const until = async (holds: () => boolean) => {
      for (let tries = 0; !holds() && tries < 1_000; tries++)
        await new Promise((resolve) => setTimeout(resolve, 5))
      assert.ok(holds(), holds.toString())
    }
    const halves = [send('{', 60), send('{', 60), send('{', 60)]
    await until(() => receiving().bytes === 180)
    assert.equal(underWay().requests, 0)
    // A fourth would be more than may be on its way.
    assert.equal(await send('{', 60).answered, '429')
    const whole = [send('{"a":1}', 7), send('{"a":1}', 7)]
    await until(() => underWay().requests === 2)
    // No JSON, as a parser would say with 400: nobody looks.
    halves[0]?.socket.write('-'.repeat(59))
    assert.equal(await halves[0]?.answered, '429')
    for (const { socket } of [...halves, ...whole]) socket.destroy()
    await until(() => underWay().requests === 0 && receiving().requests === 0)
    assert.equal(receiving().bytes, 0)
    await app.close()
  })
})
