import type { Page } from 'puppeteer-core'

/** What a person does to a page. Things are named as a screen reader names them. */
export interface Hand {
  /** Presses a button or follows a link. */
  press(name: string): Promise<void>
  /** Replaces what stands in a field. */
  fill(name: string, text: string): Promise<void>
  /** Chooses one option of a radio group. */
  choose(option: string | RegExp): Promise<void>
  /** Opens or closes a disclosure. */
  unfold(name: string): Promise<void>
}

export const patience = 30_000

/** Types text with keys; a line break is Enter. */
export const typeOver = async (page: Page, text: string): Promise<void> => {
  await page.keyboard.down('Control')
  await page.keyboard.press('KeyA', { commands: ['SelectAll'] })
  await page.keyboard.up('Control')
  await page.keyboard.press('Delete')
  for (const [index, line] of text.split('\n').entries()) {
    if (index) await page.keyboard.press('Enter')
    await page.keyboard.type(line)
  }
}
