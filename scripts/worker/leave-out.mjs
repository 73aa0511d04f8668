// Takes what `left-out.mjs` names out of the libraries while they are bundled.
import { readFile } from 'node:fs/promises'
import { minify } from 'terser'
import { direct } from './direct.mjs'
import { leftOut } from './left-out.mjs'

const plain = { module: true, compress: false, mangle: false }
const treeOf = async (text) => (await minify(text, { ...plain, format: { ast: true, code: false } })).ast
const textOf = async (tree) => (await minify(tree, { ...plain, format: { code: true, comments: false, preserve_annotations: true } })).code

const declared = (tree, type) => tree.body.map((node) => node.exported_definition ?? node.exported_value ?? node).filter(({ TYPE }) => TYPE === type)
const classesIn = (tree) => [...declared(tree, 'DefClass'), ...declared(tree, 'ClassExpression')]
const nameOf = ({ key }) => (typeof key === 'string' ? key : key?.name)

/** Only what is called: a constructor, a field and a private member stay. */
const callable = ({ TYPE }) => ['ConciseMethod', 'ObjectGetter', 'PrivateMethod'].includes(TYPE)

/** The statement that stands in for a body. */
const refusal = async (what) => (await treeOf(`leftOut(${JSON.stringify(what)})`)).body

const emptied = async (lambda, what) => {
  Object.assign(lambda, { argnames: [], body: await refusal(what), async: false, is_generator: false })
}

/** Every object that is written out anywhere in a tree. */
const packageOf = (file) => /^(?:@[^/]+\/)?[^/]+/.exec(file)[0]

const objectsIn = (node, seen = new Set()) => {
  if (typeof node !== 'object' || node === null || seen.has(node)) return []
  seen.add(node)
  return [...(node.TYPE === 'Object' ? [node] : []), ...Object.values(node).flatMap((inner) => objectsIn(inner, seen))]
}

const definedIn = (tree, names) => tree.body.map((node) => node.exported_definition ?? node)
  .flatMap(({ TYPE, definitions }) => TYPE === 'Const' ? definitions.filter((one) => names.test(one.name.name)) : [])

/** Functions that are assigned to a property anywhere in a tree: `A.prototype.b = function () {…}`. */
const assignedIn = (node, names, seen = new Set()) => {
  if (typeof node !== 'object' || node === null || seen.has(node)) return []
  seen.add(node)
  const found = node.TYPE === 'Assign' && node.left.TYPE === 'Dot' && node.right.TYPE === 'Function' && names.test(node.left.property)
  return [...(found ? [node.right] : []), ...Object.values(node).flatMap((inner) => assignedIn(inner, names, seen))]
}

const cut = async (tree, { file, class: name, members, functions, methods, assigned, table }) => {
  const tables = table ? definedIn(tree, table) : []
  for (const { value } of tables) value.properties = []
  if (tables.length > 0) return

  const found = assigned
    ? assignedIn(tree, assigned).map((lambda) => [lambda])
    : methods
    ? objectsIn(tree).flatMap(({ properties }) => properties.filter((one) => callable(one) && methods.test(nameOf(one))).map((one) => [one.value]))
    : functions
    ? declared(tree, 'Defun').filter((node) => functions.test(node.name.name)).map((node) => [node, node.name.name])
    : classesIn(tree).filter((node) => node.name?.name === name)
      .flatMap(({ properties }) => properties.filter((one) => callable(one) && members.test(nameOf(one)) && nameOf(one) !== 'constructor').map((one) => [one.value]))
  if (found.length === 0) throw new Error(`${file} has nothing of ${name ?? ''} ${members ?? functions ?? methods ?? assigned ?? table} to leave out`)
  // A member's name is in the stack already; that of a function would be gone once the bundle is minified.
  for (const [lambda, what] of found) await emptied(lambda, [packageOf(file), what].filter(Boolean).join(' '))
}

/** A library's module without what is left out; what was cut throws. */
export const without = async (text, cuts = [], silent = false) => {
  const tree = await treeOf(text)
  for (const one of cuts) await cut(tree, one)
  if (silent) silence(tree)
  return `import { leftOut } from 'mail-gateway:left-out'\n${await textOf(tree)}`
}

const refuse = "export const leftOut = (what) => { throw new Error(`${what} is left out of the gateway's Worker`) }"

/** Calls to a log or a clock that these libraries are given none of: `this.logger.verbose(…)`, `performanceClient?.addFields(…)`. */
const idle = {
  log: /^(?:commonL|l)ogger$/, logs: /^(?:trace|debug|verbose|info|warn|warning|error)(?:Pii)?$/,
  clock: /^performanceClient$/, counts: /^(?:addFields|incrementFields)$/,
}

const isLogging = (node) => {
  const { TYPE, body } = node
  const call = TYPE === 'SimpleStatement' ? (body.TYPE === 'Chain' ? body.expression : body) : undefined
  if (call?.TYPE !== 'Call' || call.expression.TYPE !== 'Dot') return false
  const { expression: target, property } = call.expression
  const whose = target.TYPE === 'Dot' ? target.property : target.name
  return (idle.log.test(whose) && idle.logs.test(property)) || (idle.clock.test(whose) && idle.counts.test(property))
}

/** Statements that only log become empty ones. */
const silence = (node, seen = new Set()) => {
  if (typeof node !== 'object' || node === null || seen.has(node)) return
  seen.add(node)
  for (const [key, inner] of Object.entries(node)) {
    if (Array.isArray(inner) && inner.some((one) => one && isLogging(one))) node[key] = inner.filter((one) => !isLogging(one))
    silence(node[key], seen)
  }
}

const logs = /^(?:@azure|nodemailer)\//

const byFile = Map.groupBy(leftOut, ({ file }) => file)
const keyOf = (path) => path.replaceAll('\\', '/').split('node_modules/').at(-1)

export const leaveOut = {
  name: 'leave-out',
  setup(bundler) {
    const met = new Set()
    bundler.onResolve({ filter: /^mail-gateway:left-out$/ }, ({ path }) => ({ path, namespace: 'left-out', sideEffects: false }))
    bundler.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: refuse }))
    bundler.onLoad({ filter: /node_modules[/\\].*\.m?js$/ }, async ({ path }) => {
      const file = keyOf(path)
      if (!byFile.has(file) && !logs.test(file)) return undefined
      met.add(file)
      return { contents: await without(direct(await readFile(path, 'utf8')), byFile.get(file), logs.test(file)) }
    })
    bundler.onEnd(({ errors }) => {
      const missed = [...byFile.keys()].filter((file) => !met.has(file))
      return errors.length || missed.length === 0 ? {} : { errors: [{ text: `not part of the bundle any more: ${missed.join(', ')}` }] }
    })
  },
}
