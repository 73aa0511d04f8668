/**
 * Prints one text, and nothing of the page it is read on; what stands before a number or ends with a colon is a title.
 * The frame needs no address, no markup and no style sheet, so that every policy allows it.
 */
export const print = (text: string, root: Node): void => {
  const frame = root.appendChild(document.createElement('iframe'))
  const page = frame.contentDocument!
  page.title = text.split('\n')[0]!
  page.body.style.cssText = 'font:10pt/1.5 monospace;white-space:pre-wrap'
  page.body.append(...text.split(/^(\d+\. .+|\S.+:)$/m).map((part, n) => (n % 2 ? Object.assign(page.createElement('b'), { textContent: part }) : part)))
  frame.contentWindow!.onafterprint = () => frame.remove()
  frame.contentWindow!.print()
}
