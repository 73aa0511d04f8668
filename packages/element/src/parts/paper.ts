/**
 * Prints one text, and nothing of the page it is read on; the first line, what begins with a number and what ends with a colon are titles.
 * The frame needs no address, no markup and no style sheet, so that every policy allows it.
 */
export const print = (text: string, root: Node): void => {
  const frame = root.appendChild(document.createElement('iframe'))
  const page = frame.contentDocument!
  page.title = text.split('\n')[0]!
  page.body.style.cssText = 'font:10pt/1.5 monospace;white-space:pre-wrap'
  page.body.append(...text.split(/^((?<!\n).+|\d+\. .+|\S.+:)$/m).map((part, n) => (n % 2 ? Object.assign(page.createElement('b'), { textContent: part }) : part)))
  frame.contentWindow!.onafterprint = () => frame.remove()
  frame.contentWindow!.print()
}
