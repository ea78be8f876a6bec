import { generateKeyPairSync } from 'node:crypto'
import { checkNote, openNote, readVerifier, signerOf, signNote } from './signed-note'

/** The example that the format's first implementation is documented with (golang.org/x/mod/sumdb/note). */
const KNOWN_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const KNOWN_NOTE = 'If you think cryptography is the answer to your problem,\nthen you don\'t know what your problem is.\n\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'

const signer = signerOf('chorus/some-log', generateKeyPairSync('ed25519').privateKey)
const note = signNote('one\ntwo\n', signer)

it('opens a note that others have signed', () => {
  expect(checkNote(openNote(KNOWN_NOTE)!, readVerifier(KNOWN_KEY))).toBe('signed')
  expect(checkNote(openNote(KNOWN_NOTE.replace('answer', 'anwser'))!, readVerifier(KNOWN_KEY))).toBe('bad-signature')
})
it('signs what the public key, handed on as text, opens', () => {
  expect(checkNote(openNote(note)!, readVerifier(`${signer.verifier.text}\n`))).toBe('signed')
  expect(checkNote(openNote(note.replace('two', 'twx'))!, signer.verifier)).toBe('bad-signature')
  expect(checkNote(openNote(note)!, readVerifier(KNOWN_KEY))).toBe('another-key')
})
it('a signature of another key under the same name is not taken for its own', () => {
  const other = signerOf('chorus/some-log', generateKeyPairSync('ed25519').privateKey)
  expect(checkNote(openNote(signNote('one\ntwo\n', other))!, signer.verifier)).toBe('another-key')
})
it.each(['', 'text only\n', 'text\n\nno dash\n', 'text\n\n\u2014 name\n', 'text\n\n\u2014 name !!!\n', note.slice(0, -1)])('%j is no note', (text) => expect(openNote(text)).toBeUndefined())
it.each(['', 'name', 'name+00000000+AAAA', KNOWN_KEY.replace('c74f20a3', 'c74f20a4'), KNOWN_KEY.replace('ARpc', 'ARpd'), KNOWN_KEY.replace('ARpc', 'Arpc')])('%j is no public key', (text) => expect(() => readVerifier(text)).toThrow(/public key cannot be read/))
