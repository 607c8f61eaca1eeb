// Renewed tokens go back into the files they came from, so that the next start finds them: written beside, then put in
// place, for the owner's eyes only.

import { accessSync, constants, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { KeepTokens } from '../connect/index.ts'
import { Failure, messageOf } from '../kernel/failure.ts'

export type TokenFiles = { readonly accessTokenFile: string; readonly refreshTokenFile: string }

/** Throws a Failure `config.ads_token_file` when the folder of a file cannot be written to: then it would be lost. */
export const tokenKeeper = (name: string, files: TokenFiles): KeepTokens => {
  const given = Object.values(files).filter((file) => file !== '')
  for (const file of given) attempt(name, file, () => accessSync(dirname(file), constants.W_OK))
  return ({ accessToken, refreshToken = '' }) => {
    // The refresh token first: should the second write fail, the first one's token can fetch what it lacks.
    for (const [file, token] of [
      [files.refreshTokenFile, refreshToken],
      [files.accessTokenFile, accessToken],
    ] as const)
      if (file !== '' && token !== '')
        attempt(name, file, () => {
          writeFileSync(`${file}.new`, `${token}\n`, { mode: 0o600, flush: true })
          renameSync(`${file}.new`, file)
        })
  }
}

const attempt = (name: string, file: string, run: () => void): void => {
  try {
    run()
  } catch (cause) {
    throw new Failure({
      code: 'config.ads_token_file',
      message: `${name}: renewed tokens cannot be kept in ${file}: ${messageOf(cause)}`,
      hint: 'Make its folder writable, or leave clientId and clientSecret out: then tokens are not renewed.',
      cause,
    })
  }
}
