// `windvane users`: who may sign in, from the machine itself. The way back in when everybody forgot.

import { Command, Option } from 'commander'
import type { Link as LinkView, Users } from '../../api/contract-access.ts'
import { welcomeUrl } from '../../api/people-routes.ts'
import { isRole, type AccessDesk, type Link } from '../../governance/access/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { LOCAL_OPERATOR, ROLES, type Role } from '../../kernel/principal.ts'
import { callServer } from '../control.ts'
import { print, table } from '../output.ts'
import { onAccess, publicUrlIn } from './on-access.ts'
import { dataCommand, type Common } from './shared.ts'

type User = Users['items'][number]

export const usersCommand = (): Command =>
  new Command('users')
    .description('who may sign in to the console')
    .addCommand(listUsers())
    .addCommand(addUser())
    .addCommand(changeRole())
    .addCommand(changeStanding('disable', 'close an account: its sessions end at once'))
    .addCommand(changeStanding('enable', 'open a closed account again'))
    .addCommand(resetUser())

const listUsers = (): Command =>
  dataCommand('list', 'everybody, with role and second factor').action(async ({ data, json }: Common) => {
    print({ json }, { items: await usersIn(data) }, ({ items }) => usersText(items))
  })

const addUser = (): Command =>
  dataCommand('add', 'invite somebody; prints a link that works once')
    .argument('<email>', 'what they sign in with')
    .option('--name <name>', 'how others see them')
    .addOption(new Option('--role <role>', 'what they may').choices([...ROLES]).default('viewer'))
    .action(
      async (
        email: string,
        { data, json, name = '', role }: Common & { readonly name?: string; readonly role: Role },
      ) => {
        const link = await onAccess(
          data,
          async (card) => callServer<LinkView>(card, 'POST', '/api/users', { email, name, role }),
          async ({ people }) => {
            const { userId, link: made } = await people.invite({ email, name, role }, LOCAL_OPERATOR)
            return linkView(data, userId, made)
          },
        )
        print({ json }, link, linkText)
      },
    )

const changeRole = (): Command =>
  dataCommand('role', 'give somebody another role')
    .argument('<user>', 'address or id')
    .argument('<role>', ROLES.join(', '))
    .action(async (who: string, role: string, { data, json }: Common) => {
      if (!isRole(role))
        throw new Failure({
          code: 'access.role_unknown',
          message: `${role} is not a role.`,
          hint: `Roles: ${ROLES.join(', ')}.`,
        })
      const { id } = await userIn(data, who)
      await onAccess(
        data,
        async (card) => callServer(card, 'POST', `/api/users/${id}/role`, { role }),
        async ({ people }) => people.changeRole(id, role, LOCAL_OPERATOR),
      )
      print({ json }, { userId: id, role }, () => `${who} is ${role} now.`)
    })

const changeStanding = (name: 'disable' | 'enable', says: string): Command =>
  dataCommand(name, says)
    .argument('<user>', 'address or id')
    .action(async (who: string, { data, json }: Common) => {
      const { id } = await userIn(data, who)
      const standing = name === 'disable' ? 'disabled' : 'active'
      await onAccess(
        data,
        async (card) => callServer(card, 'POST', `/api/users/${id}/standing`, { standing }),
        async ({ people }) => people[name](id, LOCAL_OPERATOR),
      )
      print({ json }, { userId: id, standing }, () => `${who} is ${standing} now.`)
    })

const resetUser = (): Command =>
  dataCommand('reset', 'a link to choose a new password; takes the second factor off, ends all sessions')
    .argument('<user>', 'address or id')
    .action(async (who: string, { data, json }: Common) => {
      const { id } = await userIn(data, who)
      const link = await onAccess(
        data,
        async (card) => callServer<LinkView>(card, 'POST', `/api/users/${id}/reset`, {}),
        async ({ people }) => linkView(data, id, await people.reset(id, LOCAL_OPERATOR)),
      )
      print({ json }, link, linkText)
    })

const usersIn = async (data: string): Promise<readonly User[]> =>
  onAccess(
    data,
    async (card) => (await callServer<Users>(card, 'GET', '/api/users')).items,
    async ({ people }: AccessDesk) => [...people.list()],
  )

const userIn = async (data: string, who: string): Promise<User> => {
  const wanted = who.trim().toLowerCase()
  const found = (await usersIn(data)).find(({ id, email }) => id === wanted || email === wanted)
  if (found !== undefined) return found
  throw new Failure({
    code: 'access.user_unknown',
    message: `There is no user ${who}.`,
    hint: 'See windvane users list.',
  })
}

const linkView = (data: string, userId: string, link: Link): LinkView => ({
  userId,
  url: welcomeUrl(publicUrlIn(data), link),
  expiresAt: link.expiresAt,
})

const linkText = ({ url, expiresAt }: LinkView): string =>
  `${url}\nWorks once, until ${new Date(expiresAt).toISOString()}. Whoever has it is that person: hand it over in person or by a way you trust.`

const usersText = (users: readonly User[]): string =>
  users.length === 0
    ? 'Nobody yet. The first owner comes by the link that windvane start prints.'
    : table([
        ['id', 'address', 'name', 'role', 'standing', 'second factor', 'sessions'],
        ...users.map(({ id, email, name, role, standing, secondFactor, sessions }) => [
          id,
          email,
          name,
          role,
          standing,
          secondFactor ? 'on' : 'off',
          sessions,
        ]),
      ])
