/** Reads newline-delimited JSON: text chunks in, values out. Empty lines are passed over. Throws SyntaxError on a line that is no JSON. */
export async function* lines<T>(chunks: AsyncIterable<string>): AsyncGenerator<T, void, void> {
  let rest = ''
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) if (line.trim()) yield JSON.parse(line) as T
  }
  if (rest.trim()) yield JSON.parse(rest) as T
}
