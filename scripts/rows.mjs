// The rows a complete run must prove: ids cited in the names of tests that passed.

const range = (list, letter, from, to) =>
  Array.from({ length: to - from + 1 }, (_, n) => `${list} ${letter}${String(from + n).padStart(2, '0')}`)

export const required = [...range('threat', 'T', 1, 12), ...range('threat', 'T', 17, 30), ...range('fault', 'F', 56, 75)]

const cited = /\b(threat|fault|api|req|goal) ([A-Z]\d+(?:(?:, | and |, and )[A-Z]\d+)*)/g

/** `threat T07, T08: …` cites both; a test that says that a row has no subject yet proves none. */
export const rowsIn = (name) => name.includes('no subject yet: ') ? [] :
  [...name.matchAll(cited)].flatMap(([, list, ids]) => ids.match(/[A-Z]\d+/g).map((id) => `${list} ${id}`))

/** Rows proven by list, such as `{ threat: ['T01', …] }`, sorted. */
export const byList = (rows) => {
  const lists = {}
  for (const row of [...new Set(rows)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
    const [list, id] = row.split(' ')
    lists[list] = [...(lists[list] ?? []), id]
  }
  return lists
}
