// One message of an agent answered on a folder that no server runs on.

import { createMcpFace } from '../api/mcp/face.ts'
import { LOCAL_OPERATOR } from '../kernel/principal.ts'
import { createCtx, systemClock } from './clock.ts'
import { folderDesk } from './mcp-desk.ts'
import { openLoop } from './open-loop.ts'
import { note } from './output.ts'
import { reportTo } from './report.ts'
import { version } from './version.ts'

export const answerOnFolder = async (dir: string, request: Request, message: unknown): Promise<Response> => {
  const opened = await openLoop({ dir, ctx: createCtx(systemClock) })
  try {
    const face = createMcpFace(folderDesk(opened.loop, dir), { version, report: reportTo(note) })
    const response = await face.answer(request, message, LOCAL_OPERATOR)
    // Read whole while the folder is open.
    return new Response(await response.text(), { status: response.status })
  } finally {
    await opened.close()
  }
}
