import type { ReactiveControllerHost } from 'lit'
import { en } from '../strings/en.ts'
import type { Strings } from '../strings/en.ts'
import { wordsIn } from '../strings/words.ts'
import type { Messages, Words } from '../strings/words.ts'
import { Hosted } from './hosted.ts'

/** Overrides as an object, or fetched for a language. */
export type MessagesInput = Messages | ((lang: string) => Messages | Promise<Messages>)

const languages = new Map<string, Strings>([['en', en]])
/** Those on the page: a host's script may come after the single file, which defines the element at once. */
const speakers = new Set<LocaleController>()

/** Makes a language known to every element on the page. */
export const addLanguage = (lang: string, strings: Strings): void => {
  languages.set(lang.toLowerCase(), strings)
  for (const one of speakers) void one.load()
}

const stringsFor = (lang: string): { readonly lang: string; readonly strings: Strings } => {
  const tag = lang.toLowerCase()
  const strings = languages.get(tag) ?? languages.get(tag.split('-')[0]!)
  return strings ? { lang, strings } : { lang: 'en', strings: en }
}

type Host = ReactiveControllerHost & HTMLElement

/** Follows the language of the element, its nearest ancestor, or the document, across shadow roots. */
export class LocaleController extends Hosted {
  words: Words = wordsIn('en', en)
  /** What the BFF is asked for: the page's language, also where the element itself does not speak it. */
  wanted = 'en'
  readonly #host: Host
  readonly #changed: () => void
  #observer: MutationObserver | undefined
  #messages: MessagesInput | undefined

  constructor(host: Host, changed: () => void) { super(host); this.#host = host; this.#changed = changed }

  set messages(messages: MessagesInput | undefined) { this.#messages = messages; void this.load() }
  get messages(): MessagesInput | undefined { return this.#messages }

  hostConnected(): void {
    speakers.add(this)
    this.#observer = new MutationObserver(() => this.follow())
    this.follow()
  }

  override hostDisconnected(): void { speakers.delete(this); this.#observer?.disconnect() }

  /** Reads the language again from here up, and speaks it if it is another one. Whoever was on the way is watched. */
  follow(): void {
    let lang: string | null | undefined
    for (let at: Element | undefined = this.#host; at;) {
      const root: Node = at.getRootNode()
      lang ||= at.closest('[lang]')?.getAttribute('lang')
      this.#observer?.observe(root instanceof Document ? root.documentElement : root, { attributes: true, subtree: true, attributeFilter: ['lang'] })
      at = root instanceof ShadowRoot ? root.host : undefined
    }
    lang ||= 'en'
    if (lang === this.wanted) return
    this.wanted = lang
    void this.load()
    this.#changed()
  }

  /** Speaks with what is known by now. */
  async load(): Promise<void> {
    const asked = this.wanted
    const given = this.#messages
    this.#speak(typeof given === 'function' ? {} : given ?? {})
    if (typeof given !== 'function') return
    // A host's texts that cannot be had leave ours standing.
    const messages = await Promise.resolve().then(() => given(asked)).catch(() => ({}))
    if (asked === this.wanted && given === this.#messages) this.#speak(messages)
  }

  #speak(messages: Messages): void {
    const { lang, strings } = stringsFor(this.wanted)
    this.words = wordsIn(lang, strings, messages)
    this.redraw()
  }
}
