/**
 * Signed notes as C2SP publishes them (c2sp.org/signed-note): a text, a blank line, and a line for each signature. Any
 * tool that opens such notes opens ours. Ed25519 alone.
 */
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'

const ED25519 = 1
/** DER of an Ed25519 public key, but for its 32 bytes. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')
const DASH = '\u2014'

/** Whoever can check: name, id and key, of which the text form is `NAME+ID+BASE64`. */
export interface NoteVerifier { readonly name: string; /** eight hex digits */ readonly id: string; readonly key: KeyObject; /** its text form, to hand to others */ readonly text: string }
export interface NoteSigner { readonly verifier: NoteVerifier; readonly privateKey: KeyObject }

/** The text form of a public key is not one, or its id is not that of its key. */
export class BadPublicKey extends Error { constructor(why: string) { super(`the public key cannot be read: ${why}. It is one line, NAME+ID+BASE64, as "chorus public-key" prints it`); this.name = 'BadPublicKey' } }

const idOf = (name: string, raw: Buffer): string => createHash('sha256').update(`${name}\n`).update(Buffer.of(ED25519)).update(raw).digest('hex').slice(0, 8)
const rawOf = (key: KeyObject): Buffer => (key.export({ type: 'spki', format: 'der' })).subarray(SPKI.length)

const verifierOf = (name: string, raw: Buffer): NoteVerifier => {
  const id = idOf(name, raw)
  return { name, id, key: createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' }), text: `${name}+${id}+${Buffer.concat([Buffer.of(ED25519), raw]).toString('base64')}` }
}

/** Signs under this name; `privateKey` is an Ed25519 key. */
export const signerOf = (name: string, privateKey: KeyObject): NoteSigner => ({ privateKey, verifier: verifierOf(name, rawOf(createPublicKey(privateKey))) })

/** Reads the text form of a public key. @throws BadPublicKey */
export const readVerifier = (text: string): NoteVerifier => {
  const [name, id, base64, ...more] = text.trim().split('+')
  // base64 may hold a plus of its own
  const bytes = Buffer.from([base64 ?? '', ...more].join('+'), 'base64')
  if (!name || /\s/.test(name)) throw new BadPublicKey('its name is missing')
  if (bytes.length !== 33 || bytes[0] !== ED25519) throw new BadPublicKey('it does not hold an Ed25519 key')
  const verifier = verifierOf(name, bytes.subarray(1))
  if (verifier.id !== id) throw new BadPublicKey('its id is not the one of its key: a character was lost or changed')
  return verifier
}

/** The note of a text (which ends with a line break and holds no blank line). */
export const signNote = (text: string, { verifier: { name, id }, privateKey }: NoteSigner): string =>
  `${text}\n${DASH} ${name} ${Buffer.concat([Buffer.from(id, 'hex'), sign(null, Buffer.from(text), privateKey)]).toString('base64')}\n`

/** A note taken apart, its signatures not yet checked; undefined where it is none. */
export interface OpenNote { readonly text: string; readonly signatures: readonly { readonly name: string; readonly id: string; readonly signature: Buffer }[] }
export const openNote = (note: string): OpenNote | undefined => {
  const at = note.lastIndexOf('\n\n')
  if (at < 0 || !note.endsWith('\n')) return undefined
  const lines = note.slice(at + 2, -1).split('\n')
  const signatures = lines.map((line) => new RegExp(`^${DASH} ([^ +]+) ([A-Za-z0-9+/]+={0,2})$`).exec(line)).map((found) => {
    const bytes = Buffer.from(found?.[2] ?? '', 'base64')
    return { name: found?.[1] ?? '', id: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) }
  })
  return signatures.some(({ name, signature }) => name === '' || signature.length === 0) ? undefined : { text: note.slice(0, at + 1), signatures }
}

/** Whether this key signed it. 'another-key': it carries no signature of this one. */
export const checkNote = ({ text, signatures }: OpenNote, { name, id, key }: NoteVerifier): 'signed' | 'bad-signature' | 'another-key' => {
  const own = signatures.find((each) => each.name === name && each.id === id)
  if (!own) return 'another-key'
  return verify(null, Buffer.from(text), key, own.signature) ? 'signed' : 'bad-signature'
}
