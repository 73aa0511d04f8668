/** Tells people who listen rather than look. */
export const say = (text: string): void => {
  const status = document.querySelector<HTMLElement>('[data-said]')
  if (status) status.textContent = text
}
