import type { FieldView, ModeView, SecretView, SettingValue, Settings } from '@mail-gateway/contract'
import { html } from './html.ts'
import type { TemplateResult } from './html.ts'
import type { Words } from '../strings/words.ts'
import { heading } from './heading.ts'

/** A setting's value in words: the label of its option, yes or no, or the value itself. */
export const valueText = (field: FieldView, value: SettingValue | undefined, { t }: Words): string => {
  if (value === undefined || value === null || value === '') return t.notSet
  if (typeof value === 'boolean') return value ? t.yes : t.no
  const option = field.options?.find((each) => each.value === value)
  return option?.label ?? `${value}${field.unit ? ` ${field.unit}` : ''}`
}

const secretText = (secret: SecretView | undefined, words: Words): string =>
  !secret?.set ? words.t.notSet : secret.setAt ? `${words.t.configured}. ${words.t.replaced(words.when(secret.setAt), secret.setBy ?? '')}` : words.t.configured

export interface FactsProps {
  readonly words: Words
  readonly level: number
  readonly mode: ModeView
  readonly fields: readonly FieldView[]
  readonly settings: Settings
  readonly secrets: Readonly<Record<string, SecretView>>
}

/** All settings as text, for whoever may read and not write. */
export const factsPart = ({ words, level, mode, fields, settings, secrets }: FactsProps): TemplateResult => html`
  <p part="intro">${words.t.readOnly}</p>
  ${mode.groups.map(({ id, label }) => {
    const own = fields.filter(({ group }) => group === id)
    return own.length ? html`<div part="group" class="stack">${heading(level + 1, label)}<dl part="facts">${own.map((field) => html`<dt>${field.label}</dt>
      <dd><bdi>${field.kind === 'secret' ? secretText(secrets[field.name], words) : valueText(field, settings[field.name], words)}</bdi></dd>`)}</dl></div>` : ''
  })}`
