// A port whose packets are dropped: its queue of connections nobody takes is full, so the system answers no more of them.
import net from 'node:net'
import { Worker } from 'node:worker_threads'

export interface SilentPort {
  readonly port: number
  close(): Promise<void>
}

/** Listens, and then never gets round to anything: the thread stands still. */
const listener = `
const net = require('node:net')
const { parentPort, workerData: { host, port } } = require('node:worker_threads')
const server = net.createServer().listen({ host, port, backlog: 1 }, () => {
  parentPort.postMessage(server.address().port)
  setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 20)
})`

/** More than the queue holds; the rest of them waits for an answer like everybody after them. */
const callers = 8

/** @throws Error where this system goes on taking connections whatever its queue was said to hold */
export const startSilentPort = async ({ host = '127.0.0.1', port = 0 } = {}): Promise<SilentPort> => {
  const thread = new Worker(listener, { eval: true, workerData: { host, port } })
  const bound = await new Promise<number>((resolve, reject) => { thread.once('message', resolve).once('error', reject) })
  await new Promise((resolve) => { setTimeout(resolve, 60) })
  const queued = Array.from({ length: callers }, () => net.connect({ host, port: bound }).on('error', () => {}))
  await new Promise((resolve) => { setTimeout(resolve, 200) })
  if (queued.every(({ connecting }) => !connecting)) throw new Error('the queue never fills')
  return {
    port: bound,
    async close() {
      for (const socket of queued) socket.destroy()
      await thread.terminate()
    },
  }
}
