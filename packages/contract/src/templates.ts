import type { GuideStep, GuideView } from './modes.ts'

/** What stands for a name in a template; undefined or empty while there is nothing yet. */
export type ValueOf = (name: string) => string | undefined

/**
 * Puts values into the `{{name}}` of a template; a name without a value shows as `<name>` and counts as missing.
 * With a shell, values are escaped for the inside of single quotes, where every name of a script stands, and lose control
 * characters, which a terminal might obey on paste.
 */
export const fill = (text: string, valueOf: ValueOf, shell?: 'powershell' | 'sh'): { text: string; missing: boolean } => {
  let missing = false
  const filled = text.replace(/{{(\w+)}}/g, (_, name: string) => {
    const value = valueOf(name)
    missing ||= !value
    const shown = value || `<${name}>`
    // PowerShell takes typographic quotes for straight ones.
    return !shell ? shown : shown.replace(/\p{C}/gu, '').replace(shell === 'sh' ? /'/g : /['\u2018-\u201b]/g, shell === 'sh' ? "'\\''" : '$&$&')
  })
  return { text: filled, missing }
}

/**
 * Values as typed, else as the first source that knows the name. Values of sources may be templates themselves, one level
 * deep, such as the page of the application whose id was typed: there is none while a value is missing in it.
 */
export const valuesFrom = (typed: ValueOf, ...sources: readonly (Readonly<Record<string, string>> | undefined)[]): ValueOf => {
  const known: ValueOf = (name) => typed(name) || sources.find((source) => source?.[name])?.[name]
  // Of what goes into an address, only what ids and domains consist of.
  const part: ValueOf = (name) => known(name)?.replace(/[^\w.-]/g, '')
  return (name) => {
    const template = known(name) ?? ''
    if (typed(name)) return template
    const { text, missing } = fill(template, /^https?:/.test(template) ? part : known)
    return missing ? undefined : text
  }
}

/**
 * A whole guide as plain text, to send to whoever owns the other side.
 * @param steps those that are shown
 * @param valueOf what is known without the guide's samples
 */
export const guideText = ({ title, intro = '', samples }: GuideView, steps: readonly GuideStep[], valueOf: ValueOf): string => {
  const shown = valuesFrom(valueOf, samples)
  // Each template is filled once: what was typed is never read as a template.
  const say = (parts: readonly (string | undefined)[]) => parts.filter(Boolean).map((part) => fill(part!, shown).text).join('\n')
  return say([title, intro]) + steps.map(({ title, who, text, path, link, linkBefore, values = [], scripts = [] }, n) => `\n\n${say([
    `${n + 1}. ${title}${who ? ` (${who})` : ''}`, text, path, [link, linkBefore].find((page) => page && !fill(page, valueOf).missing), ...values.map(({ label, text }) => `${label}: ${text}`),
  ])}${scripts.map(({ label, text, shell }) => `\n\n${label}:\n\n${fill(text, shown, shell).text.replace(/^(?=.)/gm, '    ')}`).join('')}`).join('')
}
