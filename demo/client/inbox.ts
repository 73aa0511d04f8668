import { say } from './say.ts'

/** Shows new mail without a reload: asks for the page again and takes over its list. */

const list = (page: ParentNode): HTMLElement | null => page.querySelector('[data-inbox-list]')

/** The page as a document. Parsing a string would need a policy of its own; the browser's own loader does not. */
const pageNow = (): Promise<Document | null> => new Promise((resolve) => {
  const request = new XMLHttpRequest()
  request.responseType = 'document'
  request.onloadend = () => { resolve(request.status === 200 ? request.responseXML : null) }
  request.open('GET', location.href)
  request.send()
})

const takeOver = (shown: HTMLElement, next: HTMLElement): void => {
  const focused = shown.contains(document.activeElement) ? document.activeElement!.getAttribute('href') : null
  shown.replaceWith(document.adoptNode(next))
  if (focused) next.querySelector<HTMLElement>(`[href="${CSS.escape(focused)}"]`)?.focus()
}

const refresh = async (): Promise<void> => {
  if (document.hidden) return
  const page = await pageNow()
  const shown = list(document)
  const next = page && list(page)
  if (!shown || !next || shown.dataset.newest === next.dataset.newest) return
  takeOver(shown, next)
  say(`New mail: ${next.querySelector('b')?.textContent ?? ''}`)
}

if (list(document)) setInterval(() => { void refresh() }, 2000)
