/** What a remote text may show at most. */
const limit = 512

// Control characters, and everything that reorders or hides text on a screen; marks that only choose an emoji's form stay.
const unseen = /(?![\uFE00-\uFE0F])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}\p{DI}\uFFF9-\uFFFB]/gu

/** The beginning of a text, without half a character or half an escape at its end. */
export const cut = (text: string, most: number): string => text.slice(0, most).replace(/[\uD800-\uDBFF]$|\\u(?:\{[0-9a-f]*)?$/, '')

/** A server's own text made inert: control, bidi and invisible characters as visible escapes, lines joined, at most 512 characters. */
export const said = (text: string): string =>
  cut(text.replace(/\r?\n/g, ' ').replace(unseen, (mark) => `\\u{${mark.codePointAt(0)!.toString(16)}}`), limit)
