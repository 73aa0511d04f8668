import type { MailGatewaySettings } from '@mail-gateway/element'

/** Hands for the demo: does to the element what a person does with keyboard and pointer. */

const within = async (ms: number, found: () => HTMLElement | null | undefined): Promise<HTMLElement> => {
  for (const end = performance.now() + ms; performance.now() < end;) {
    const one = found()
    if (one) return one
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
  throw new Error('the demo waited for something that did not appear')
}

const find = (settings: MailGatewaySettings, selector: string): Promise<HTMLElement> =>
  within(5000, () => settings.shadowRoot?.querySelector<HTMLElement>(selector))

/** Types a value into the field of that name. */
export const type = async (settings: MailGatewaySettings, name: string, value: string): Promise<void> => {
  const control = await find(settings, `input[name="${name}"]`) as HTMLInputElement
  control.value = value
  control.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }))
  control.dispatchEvent(new Event('change', { bubbles: true }))
  await settings.updateComplete
}

export const press = async (settings: MailGatewaySettings, selector: string): Promise<void> => {
  const button = await find(settings, selector)
  button.click()
  await settings.updateComplete
}

/** Opens one screen, as the host may. */
export const open = async (settings: MailGatewaySettings, view: 'list' | 'edit' | 'test', gatewayId: string | undefined): Promise<void> => {
  settings.view = view
  settings.gatewayId = gatewayId
  await settings.updateComplete
}
