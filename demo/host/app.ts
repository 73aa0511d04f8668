import type { HttpBindings } from '@hono/node-server'
import type { MailGateway } from '@mail-gateway/bff'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { csrf } from 'hono/csrf'
import type { Sandbox } from '../sandbox/index.ts'
import type { Asset } from './assets.ts'
import { faults } from './faults.ts'
import { layout } from './layout.ts'
import type { Page } from './layout.ts'
import { link, lookOf } from './look.ts'
import type { Look } from './look.ts'
import { emailPage, handedTo } from './pages/email.ts'
import { hostPages } from './pages/hosts.ts'
import { inboxPage, mailPage } from './pages/inbox.ts'
import { audit, notFound, productPages, reports } from './pages/product.ts'
import type { Deed } from './pages/product.ts'
import { portal } from './portal/routes.ts'
import { portalPath } from './portal/paths.ts'
import { accountHeader, people, personCalled } from './people.ts'
import type { Person, Sessions } from './people.ts'
import { Reports, withPolicy } from './policy.ts'
import type { Seeder } from './seeds.ts'
import { sendReport } from './report-mail.ts'
import type { Sender } from './report-mail.ts'
import { strip } from './strip.ts'

/** What the host product is made of. */
export interface Parts {
  readonly sandbox: Sandbox
  readonly sessions: Sessions
  readonly seeder: Seeder
  readonly assets: ReadonlyMap<string, Asset>
  /** The settings backend, mounted at /api/mail-gateway. */
  readonly gateway: Pick<MailGateway, 'fetch'> & Sender
  deedsOf(tenant: string): readonly Deed[]
}

type App = Hono<{ Bindings: HttpBindings }>

const look = (context: Context): Look => lookOf(new URL(context.req.url).searchParams)

/** A real product would show its sign-in page here; the demo signs in whoever the address names, or the first administrator. */
const signIn = (context: Context, sessions: Sessions, { user }: Look): Person => {
  const person = personCalled(user) ?? people[0]!
  const cookie = sessions.enter(context.req.header('cookie') ?? null, person.id)
  if (cookie) context.header('set-cookie', cookie)
  return person
}

const show = (context: Context, { sandbox, sessions }: Parts, make: (person: Person) => Page, status: 200 | 404 = 200) => {
  const person = signIn(context, sessions, look(context))
  return context.html(layout(make(person), { look: look(context), person, strip: strip(sandbox, look(context), person.id) }), status)
}

const addProduct = (app: App, parts: Parts): void => {
  for (const [path, page] of Object.entries(productPages)) app.get(path, (context) => show(context, parts, () => page(look(context))))
  app.get('/settings/audit', (context) => show(context, parts, () => audit(parts.deedsOf(look(context).tenant))))
  app.get('/settings/email', async (context) => {
    const asked = look(context)
    if (asked.seed) await parts.seeder.seed(asked.tenant, asked.seed)
    return show(context, parts, (person) => emailPage(handedTo(parts.sandbox, asked, person), asked))
  })
  app.post('/reports', csrf(), async (context) => {
    const asked = look(context)
    const person = parts.sessions.personOf(new Headers({ cookie: context.req.header('cookie') ?? '', ...(asked.user && { [accountHeader]: asked.user }) }))
    if (!person) return context.redirect(link(asked, '/reports'), 303)
    const outcome = await sendReport(parts.gateway, person, asked.tenant)
    return show(context, parts, () => reports(asked, outcome))
  })
  app.notFound((context) => show(context, parts, () => notFound, 404))
}

const addInbox = (app: App, { sandbox: { inbox } }: Parts): void => {
  app.get('/inbox', (context) => context.html(inboxPage(inbox.list(), look(context))))
  app.get('/inbox.json', (context) => context.json(inbox.list()))
  app.get('/inbox/:id', (context) => {
    const mail = inbox.get(context.req.param('id'))
    return mail ? context.html(mailPage(mail, look(context))) : context.redirect('/inbox')
  })
}

const addReports = (app: App, reports: Reports): void => {
  app.post('/csp-reports', async (context) => {
    const understood = await reports.receive(context.req.raw).then(() => true, () => false)
    return context.body(null, understood ? 204 : 400)
  })
  app.get('/csp-reports', (context) => context.json(reports.list()))
}

const addHosts = (app: App, parts: Parts): void => {
  for (const [path, page] of Object.entries(hostPages)) {
    app.get(path, (context) => {
      const person = signIn(context, parts.sessions, look(context))
      return context.html(page(look(context), person))
    })
  }
}

/** The host product: its pages, the settings backend below /api/mail-gateway, the inbox, and a strict policy on all of it. */
export const createHost = (parts: Parts): App => {
  const app: App = new Hono()
  app.use(withPolicy)
  app.all('/api/mail-gateway/*', (context) => parts.gateway.fetch(context.req.raw))
  app.route('/api/faults', faults())
  app.get('/assets/:name', (context) => {
    const asset = parts.assets.get(context.req.path)
    return asset ? context.body(asset.body, 200, { 'content-type': asset.type, 'cache-control': 'no-cache' }) : context.notFound()
  })
  app.route(portalPath, portal(parts.sandbox.microsoft))
  addReports(app, new Reports())
  addInbox(app, parts)
  addHosts(app, parts)
  addProduct(app, parts)
  return app
}
