// Public exports of notices: what is to be told, whom to call now, what was told.
export { dumpNotices, restoreNotices } from './dump.ts'
export {
  dueBriefs,
  dueCalls,
  previewCalls,
  ROUNDS_MAX,
  SETTLE_MS,
  type Around,
  type Due,
  type PreviewRound,
} from './due.ts'
export { foldNotices } from './fold.ts'
export { isMeant, type Person } from './people.ts'
export { subjectOf } from './opening.ts'
export {
  createNotices,
  noticeOf,
  openCalls,
  preferencesOf,
  userOfTelegram,
  type Call,
  type Notice,
  type NoticeKind,
  type Notices,
} from './state.ts'
