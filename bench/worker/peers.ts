import { Hono } from 'hono'
import nodemailer from 'nodemailer'

/** The account both sides sign in with, as the demo's mail world has it. */
export interface Account {
  readonly port: number
  readonly username: string
  readonly password: string
}

/** Where the gateway dials: a name, against which both runtimes check the certificate. */
export const host = 'localhost'
export const [from, to] = ['noreply@acme.example', 'you@demo.test']

/** nodemailer as its manual has it, in whatever runtime this is loaded. By address: in workerd it asks a public name service for names. */
export const verifyAndSend = async ({ port, username, password }: Account): Promise<void> => {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port, requireTLS: true, auth: { user: username, pass: password } })
  await transport.verify()
  await transport.sendMail({ from, to, subject: 'Bench', text: 'A message of the bench.' })
}

/** A bare route that answers the same JSON out of memory: no caller, no store, no log. It is told the JSON once. */
export const bare = (): Hono => {
  const app = new Hono()
  let body: object = {}
  app.put('/bare', async (context) => { body = await context.req.json(); return context.json({}) })
  app.get('/bare', (context) => context.json(body))
  app.post('/check', async (context) => { await verifyAndSend(await context.req.json()); return context.json({}) })
  app.onError((error, context) => context.text(String(error.stack), 500))
  return app
}
