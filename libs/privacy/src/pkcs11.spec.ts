import { readPkcs11Uri } from './pkcs11'

const GOOD = 'pkcs11:token=City%20HSM;object=chorus?module-path=/usr/lib/softhsm/libsofthsm2.so'

describe('the address of a key service', () => {
  it('is a PKCS#11 URI', () => expect(readPkcs11Uri(GOOD)).toEqual({ token: 'City HSM', object: 'chorus', module: '/usr/lib/softhsm/libsofthsm2.so' }))
  it.each([
    ['https://kms.example.org', 'is no PKCS#11 URI'],
    [GOOD.replace('token=City%20HSM;', ''), 'names no token'],
    [GOOD.replace(';object=chorus', ''), 'names no object'],
    ['pkcs11:token=a;object=b', 'names no module-path'],
    [GOOD.replace('/usr', 'usr'), 'names no module-path'],
    [`${GOOD}&pin-value=2468`, 'holds a PIN'],
    [GOOD.replace('object', 'serial=1;object'), 'says more than'],
    [GOOD.replace('%20', '%2'), 'not percent-encoded'],
  ])('%s is refused, and no PIN is repeated', (uri, said) => {
    expect(readPkcs11Uri(uri)).toContain(said)
    expect(readPkcs11Uri(uri)).not.toContain('2468')
  })
})
