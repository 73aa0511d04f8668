/** What a remote text may show at most. */
const limit = 512

// Control characters, and the marks that reorder or hide text on a screen.
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu

/** A server's own text made inert: control, bidi and invisible characters as visible escapes, lines joined, at most 512 characters. */
export const said = (text: string): string =>
  text.replace(/\r?\n/g, ' ').replace(unseen, (mark) => `\\u{${mark.codePointAt(0)!.toString(16)}}`).slice(0, limit)
