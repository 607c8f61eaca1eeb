// Opens a file as a stream of text: gzip recognised by its first bytes, the encoding by its mark or by
// name, the size of what was read reported as it goes.

import { createReadStream, type ReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { constants, createGunzip, gunzipSync, type Gunzip } from 'node:zlib'
import { Failure, messageOf } from '../kernel/failure.ts'

export type FileHead = {
  readonly path: string
  readonly bytesTotal: number
  readonly isGzip: boolean
  /** What TextDecoder calls it. */
  readonly encoding: string
  /** Lines end in a carriage return alone, as on old Macs; all text is given with line feeds. */
  readonly endsInReturns: boolean
  /** The first characters, at most those of 64 KB. */
  readonly sample: string
}

const HEAD_BYTES = 64 * 1024
const CHUNK_BYTES = 256 * 1024

/** Looks at the beginning of the file. Throws Failures `import.file_unreadable`, `import.file_empty`, `import.encoding`. */
export const readHead = async (path: string, encoding?: string): Promise<FileHead> => {
  const { bytes, bytesTotal } = await readFirst(path)
  if (bytesTotal === 0)
    throw new Failure({ code: 'import.file_empty', message: `${path} is empty.`, hint: 'Export it again.' })
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
  const head = isGzip ? unzipHead(path, bytes) : bytes
  const found = encoding ?? encodingOf(head)
  const isCut = bytesTotal > bytes.length || isGzip
  // The last character may be cut in half: decoded as a stream, it is simply left out.
  const decoder = new TextDecoder(found, { fatal: true })
  try {
    const text = decoder.decode(head, { stream: isCut })
    const endsInReturns = text.includes('\r') && !text.includes('\n')
    const sample = endsInReturns ? text.replaceAll('\r', '\n') : text
    return { path, bytesTotal, isGzip, encoding: found, endsInReturns, sample }
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw badEncoding(path, found, cause)
  }
}

const readFirst = async (path: string): Promise<{ bytes: Uint8Array; bytesTotal: number }> => {
  try {
    const { size } = await stat(path)
    const file = await open(path)
    try {
      const buffer = Buffer.alloc(HEAD_BYTES)
      const { bytesRead } = await file.read(buffer, 0, HEAD_BYTES, 0)
      return { bytes: buffer.subarray(0, bytesRead), bytesTotal: size }
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

const unreadable = (path: string, cause: unknown): Failure =>
  new Failure({
    code: 'import.file_unreadable',
    message: `${path} cannot be read: ${messageOf(cause)}`,
    hint: 'Check the path and who may read it.',
    cause,
  })

const badEncoding = (path: string, encoding: string, cause: unknown): Failure =>
  new Failure({
    code: 'import.encoding',
    message: `${path} is not ${encoding} text.`,
    hint: 'Name its encoding in the mapping, such as `encoding: windows-1251`, or save it as UTF-8.',
    cause,
  })

const badGzip = (path: string, cause: unknown): Failure =>
  new Failure({
    code: 'import.gzip_broken',
    message: `${path} is damaged or cut off: ${messageOf(cause)}`,
    hint: 'Copy it again and import it anew: rows that are in already are not taken twice.',
    cause,
  })

const unzipHead = (path: string, bytes: Uint8Array): Uint8Array => {
  try {
    // The head is cut off somewhere, so what can be unpacked of it is enough.
    const head = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 2 ** 27 })
    return head.subarray(0, HEAD_BYTES)
  } catch (cause) {
    throw badGzip(path, cause)
  }
}

const encodingOf = (bytes: Uint8Array): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return 'utf-8'
}

/** The file's text in pieces. `onBytes` hears how many bytes of the file were read so far. */
export async function* readText(head: FileHead, onBytes: (bytes: number) => void): AsyncGenerator<string> {
  const file = createReadStream(head.path, { highWaterMark: CHUNK_BYTES })
  const gunzip = head.isGzip ? createGunzip({ chunkSize: CHUNK_BYTES }) : null
  const piped = gunzip === null ? null : pipe(file, gunzip)
  const decoder = new TextDecoder(head.encoding, { fatal: true })
  try {
    for await (const chunk of (gunzip ?? file) as AsyncIterable<Buffer>) {
      onBytes(file.bytesRead)
      const text = decoder.decode(chunk, { stream: true })
      yield head.endsInReturns ? text.replaceAll('\r', '\n') : text
    }
    yield decoder.decode()
    await piped
  } catch (cause) {
    if (cause instanceof TypeError) throw badEncoding(head.path, head.encoding, cause)
    if (isZlibError(cause)) throw badGzip(head.path, cause)
    throw unreadable(head.path, cause)
  } finally {
    file.destroy()
    gunzip?.destroy()
  }
}

/** Whoever reads the unpacked side hears of each failure there, so it is not reported a second time. */
const pipe = (file: ReadStream, gunzip: Gunzip): Promise<void> => {
  const piped = pipeline(file, gunzip)
  piped.catch(() => undefined)
  return piped
}

const isZlibError = (cause: unknown): boolean => {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return code.startsWith('Z_') || code === 'ERR_TRAILING_JUNK_AFTER_STREAM_END'
}
