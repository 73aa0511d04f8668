import { say } from './say.ts'

/** Buttons with `data-copy` put that text on the clipboard. */
const copy = async (button: HTMLButtonElement): Promise<void> => {
  try {
    await navigator.clipboard.writeText(button.dataset.copy!)
    say('Copied')
  } catch {
    // Without permission the value is selected, so that the keyboard can copy it.
    const code = button.closest('.value')?.querySelector('code')
    if (code) getSelection()?.selectAllChildren(code)
    say('Selected. Copy it with the keyboard')
  }
}

export const copyButtons = (): void => {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
    button.addEventListener('click', () => { void copy(button) })
  }
}
