import type { MailGatewaySettings } from '@mail-gateway/element'

/** The element's screens in the product's own addresses: the back button and a reload come back to the same screen. */

const screenIn = (address: URL): { view: MailGatewaySettings['view']; gatewayId: string | undefined } => ({
  view: (address.searchParams.get('view') ?? 'list') as MailGatewaySettings['view'],
  gatewayId: address.searchParams.get('gateway') ?? undefined,
})

const addressOf = (view: string, gatewayId: string | undefined): URL => {
  const address = new URL(location.href)
  // What filled the first screen in does not belong to the next one.
  for (const name of ['scenario', 'act']) address.searchParams.delete(name)
  for (const [name, value] of [['view', view === 'list' ? '' : view], ['gateway', gatewayId ?? '']] as const) {
    if (value) address.searchParams.set(name, value)
    else address.searchParams.delete(name)
  }
  return address
}

export const route = (settings: MailGatewaySettings): void => {
  settings.addEventListener('mgs-navigate', ({ detail: { view, gatewayId } }) => { history.pushState(null, '', addressOf(view, gatewayId)) })
  settings.addEventListener('mgs-save', ({ detail: { gateway } }) => {
    if (!settings.single) history.replaceState(null, '', addressOf('edit', gateway.id))
  })
  addEventListener('popstate', () => {
    const { view, gatewayId } = settings
    const leaves = !settings.dirty || confirm('Leave this screen? What you typed is not saved.')
    if (leaves) Object.assign(settings, screenIn(new URL(location.href)))
    else history.pushState(null, '', addressOf(view, gatewayId))
  })
}
