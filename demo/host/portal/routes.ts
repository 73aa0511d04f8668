import { Hono } from 'hono'
import type { Context } from 'hono'
import { csrf } from 'hono/csrf'
import { addSecret, grantConsent, mailboxOf, permissions, register, want } from '../../sandbox/microsoft/index.ts'
import type { Application, Microsoft } from '../../sandbox/microsoft/index.ts'
import { enterprise, mailboxes, newRegistration, overview, permissionsPage, powershell, registrations, secrets } from './pages.ts'
import { runScript } from './powershell.ts'
import { at, portalShell } from './shell.ts'
import type { PortalFrame, PortalPage } from './shell.ts'

type Shows = (frame: PortalFrame, application: Application) => PortalPage

const endAfter = (months: number): Date => {
  const ends = new Date()
  ends.setUTCMonth(ends.getUTCMonth() + months)
  return ends
}

const textIn = (form: FormData, name: string): string => String(form.get(name) ?? '').trim()

/** The demo's stand-in for Microsoft's portals: what the guide sends an administrator to, over one directory. */
export const portal = (microsoft: Microsoft): Hono => {
  const app = new Hono()
  // The value of a new secret is shown on the page that follows, once.
  const fresh = new Map<string, string>()

  const frameOf = (context: Context): PortalFrame | undefined => {
    const cloud = microsoft.clouds.find(({ id }) => id === context.req.param('cloud'))
    const tenant = cloud && microsoft.directory.tenantsIn(cloud.id)[0]
    return cloud && tenant ? { cloud, tenant } : undefined
  }
  const show = (path: string, page: (frame: PortalFrame) => PortalPage) => app.get(`/:cloud${path}`, (context) => {
    const frame = frameOf(context)
    return frame ? context.html(portalShell(frame, page(frame))) : context.notFound()
  })
  const showApp = (path: string, page: Shows) => app.get(`/:cloud/apps/:id${path}`, (context) => {
    const frame = frameOf(context)
    const application = frame?.tenant.applications.find(({ clientId }) => clientId === context.req.param('id'))
    return frame && application ? context.html(portalShell(frame, page(frame, application))) : context.notFound()
  })
  const act = (path: string, deed: (frame: PortalFrame, form: FormData) => string) => app.post(`/:cloud${path}`, async (context) => {
    const frame = frameOf(context)
    return frame ? context.redirect(at(frame, deed(frame, await context.req.formData())), 303) : context.notFound()
  })
  const actApp = (path: string, deed: (application: Application, form: FormData) => string) => app.post(`/:cloud/apps/:id${path}`, async (context) => {
    const frame = frameOf(context)
    const application = frame?.tenant.applications.find(({ clientId }) => clientId === context.req.param('id'))
    return frame && application ? context.redirect(at(frame, `/apps/${application.clientId}${deed(application, await context.req.formData())}`), 303) : context.notFound()
  })

  app.use(csrf())
  show('', registrations)
  show('/new', newRegistration)
  show('/enterprise', enterprise)
  show('/exchange', mailboxes)
  show('/powershell', (frame) => powershell(frame))
  showApp('', overview)
  showApp('/permissions', permissionsPage)
  showApp('/secrets', (frame, application) => {
    const made = fresh.get(application.clientId)
    fresh.delete(application.clientId)
    return secrets(frame, application, made)
  })

  act('/new', ({ tenant }, form) => `/apps/${register(tenant, textIn(form, 'name').slice(0, 80) || 'Unnamed').clientId}`)
  act('/reset', () => { microsoft.reset(); return '' })
  act('/exchange/organization', ({ tenant }, form) => { tenant.smtpAuth = textIn(form, 'on') === 'yes'; return '/exchange' })
  act('/exchange/mailbox', ({ tenant }, form) => {
    const mailbox = mailboxOf(tenant, textIn(form, 'address'))
    if (mailbox) mailbox.smtpAuth = textIn(form, 'on') === 'yes'
    return '/exchange'
  })
  actApp('/secrets', (application, form) => {
    fresh.set(application.clientId, addSecret(application, textIn(form, 'name').slice(0, 80) || 'Password uploaded', endAfter(Number(textIn(form, 'months')) || 11)).id)
    return '/secrets'
  })
  actApp('/permissions', (application, form) => {
    for (const n of form.getAll('permission')) {
      const permission = permissions[Number(n)]
      if (permission) want(application, permission)
    }
    return '/permissions'
  })
  actApp('/consent', (application) => { grantConsent(application); return '/permissions' })
  app.post('/:cloud/powershell', async (context) => {
    const frame = frameOf(context)
    if (!frame) return context.notFound()
    const form = await context.req.formData()
    return context.html(portalShell(frame, powershell(frame, runScript(microsoft.directory, frame.cloud.id, textIn(form, 'script'), textIn(form, 'answer')))))
  })
  return app
}
