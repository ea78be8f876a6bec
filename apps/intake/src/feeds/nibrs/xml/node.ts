/** An element of a report, its name by namespace and not by the prefix that the file happens to use. */
export interface XmlNode {
  /** `nc:Incident`: our short name of the namespace, and the local name */
  readonly name: string
  /** line of the file on which its start tag ends */
  readonly line: number
  /** s:id and s:ref */
  readonly id?: string
  readonly ref?: string
  text: string
  readonly children: XmlNode[]
}

/** Namespaces of the versions that are read; another version has another mapping, and is refused by its name until it has one. */
export const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['http://fbi.gov/cjis/nibrs/2019', 'nibrs'],
  ['http://fbi.gov/cjis/2.0', 'cjis'],
  ['http://release.niem.gov/niem/niem-core/3.0/', 'nc'],
  ['http://release.niem.gov/niem/domains/jxdm/5.2/', 'j'],
])
export const STRUCTURES = 'http://release.niem.gov/niem/structures/3.0/'
export const READ_VERSIONS = 'NIBRS 2019 with NIEM 3.0, JXDM 5.2 and CJIS 2.0'

/** Why a report cannot be read: where, what, what to do; never a value of the report. */
export type XmlCause = 'xml-not-well-formed' | 'xml-cut' | 'xml-with-dtd' | 'xml-unknown-namespace' | 'xml-unknown-element' | 'xml-unknown-value' | 'xml-repeated' | 'xml-reference' | 'xml-too-large' | 'wrong-encoding'
export interface XmlRefusal { readonly cause: XmlCause; readonly line: number; readonly text: string }

export class Unreadable extends Error {
  constructor(override readonly cause: XmlCause, readonly line: number, readonly what: string) { super(what) }
  refusal(): XmlRefusal { return { cause: this.cause, line: this.line, text: `line ${this.line}: ${this.what}` } }
}
