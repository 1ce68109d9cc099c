/** Finds words written into the code instead of into the language files. For the test beside it. */
import ts from 'typescript'

/** Attributes that people read or hear. */
const spoken = new Set(['alt', 'aria-label', 'hint', 'label', 'placeholder', 'title', 'titleText'])
const word = /\p{L}{2,}/u
/** Names that are the same in every language. */
const names = new Set(['OHIF'])

const isWords = (text: string): boolean => word.test(text) && !names.has(text.trim())

function wordsIn(node: ts.Node): string | null {
  if (ts.isJsxText(node)) return isWords(node.text) ? node.text.trim() : null
  if (ts.isJsxExpression(node) && node.expression && ts.isStringLiteral(node.expression) && !ts.isJsxAttribute(node.parent)) {
    return isWords(node.expression.text) ? node.expression.text : null
  }
  if (ts.isJsxAttribute(node) && node.initializer && ts.isStringLiteral(node.initializer)) {
    return spoken.has(node.name.getText()) && isWords(node.initializer.text) ? node.initializer.text : null
  }
  return null
}

export function hardCodedStrings(source: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const words = wordsIn(node)
    if (words !== null) found.push(words)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('screen.tsx', source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TSX))
  return found
}

export interface Tree {
  [key: string]: string | Tree
}

export function flatten(tree: Tree, path = ''): Map<string, string> {
  const flat = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') flat.set(path + key, value)
    else for (const [inner, text] of flatten(value, `${path}${key}.`)) flat.set(inner, text)
  }
  return flat
}
