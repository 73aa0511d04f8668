import { answerTo } from '../process.ts'
import { Link } from './link.ts'

const links = new Map<number, Link>()

answerTo({
  /** A line to a port of this machine; answers the port to dial instead. */
  open: async ({ roundTrip, target }: { roundTrip: number; target: number }) => {
    const { link, port } = await Link.open(roundTrip, target)
    links.set(port, link)
    return port
  },
  take: (port: number) => links.get(port)!.take(),
})
