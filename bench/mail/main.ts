import { startSandbox } from '../../demo/sandbox/index.ts'
import { answerTo } from '../process.ts'

/** The pretend mail world of the demo in a process of its own: smtp-server from npm, STARTTLS, sign-in. */
const box = await startSandbox()

answerTo({
  world: () => ({ port: box.ports.starttls, ca: box.ca, account: box.account }),
  /** Facts of every mail accepted since the last call. */
  taken: () => {
    const mails = box.inbox.list().map(({ session, subject }) => ({ subject, protocol: session.protocol, user: session.user }))
    box.inbox.clear()
    return mails
  },
})
