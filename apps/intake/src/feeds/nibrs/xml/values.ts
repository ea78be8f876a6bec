/** What is read out of a report's elements: found by name, once where once is meant, in the form of the flat file's columns. */
import { Unreadable, type XmlNode } from './node'

export const all = (node: XmlNode | undefined, name: string): XmlNode[] => node?.children.filter((child) => child.name === name) ?? []
export const one = (node: XmlNode | undefined, name: string): XmlNode | undefined => {
  const [first, second] = all(node, name)
  if (second) throw new Unreadable('xml-repeated', second.line, `${name} stands twice in ${node!.name}: one of them would be lost`)
  return first
}
export const at = (node: XmlNode | undefined, ...path: readonly string[]): XmlNode | undefined => path.reduce<XmlNode | undefined>((from, name) => one(from, name), node)
export const textOf = (node: XmlNode | undefined): string => node?.text.trim() ?? ''
export const wrong = (node: XmlNode, what: string) => new Unreadable('xml-unknown-value', node.line, `${node.name} ${what}`)
export const said = (node: XmlNode | undefined, known: (word: string) => string | undefined, what: string): string => {
  const text = textOf(node)
  if (text === '') return ''
  const code = known(text)
  if (code === undefined) throw wrong(node!, `is none of the known ${what}`)
  return code
}
export const flag = (node: XmlNode | undefined, yes: string, no: string): string => said(node, (word) => ({ true: yes, 1: yes, false: no, 0: no })[word], 'words: true or false')
export const digits = (node: XmlNode | undefined, width: number): string => {
  const text = textOf(node)
  if (text === '' || !/^\d+$/.test(text)) return text
  return String(BigInt(text)).padStart(width, '0')
}
/** 2026-07-29 -> 20260729; whether it is a day of the calendar, the record's rules say. */
export const day = (node: XmlNode | undefined): string => {
  const text = textOf(node)
  if (text === '') return ''
  const found = /^(\d{4})-(\d\d)-(\d\d)/.exec(text)
  if (!found) throw wrong(node!, 'is no date: write YYYY-MM-DD')
  return `${found[1]}${found[2]}${found[3]}`
}
/** 11A -> code 11, automatic. */
export const armed = (nodes: readonly XmlNode[]): { weapons: string[]; automatic: string[] } => {
  const found = nodes.map(textOf).filter(Boolean)
  return { weapons: found.map((text) => text.slice(0, 2)), automatic: found.map((text) => text.slice(2)) }
}
