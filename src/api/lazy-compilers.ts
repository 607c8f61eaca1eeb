// Checks of requests and spellings of answers are made from their schemas when a route is first asked, not when the server
// is built: made at once, a hundred and more of them are most of what starting it takes, and few are soon needed.

import { AjvCompiler } from '@fastify/ajv-compiler'
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import type { FastifyInstance, FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify'

type Check = ReturnType<FastifySchemaCompiler<unknown>>

/** Compiles as the framework would, each schema at its first use; one that is wrong fails there. */
export const compileLazily = (app: FastifyInstance): void => {
  // A key that a schema does not know is refused and named, not dropped in silence.
  const check = AjvCompiler()({}, { customOptions: { removeAdditional: false } })
  const spell = SerializerSelector()()
  const validatorCompiler: FastifySchemaCompiler<unknown> = (route) => {
    let made: Check | null = null
    const validate: Check = (data: unknown) => {
      made ??= check(route) as Check
      const answer = made(data)
      validate.errors = made.errors ?? null
      return answer
    }
    return validate
  }
  const serializerCompiler: FastifySerializerCompiler<unknown> = (route) => {
    let made: ((data: unknown) => string) | null = null
    return (data) => (made ??= spell({ httpStatus: '', ...route }))(data)
  }
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
}
